import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { highestPriority, lowestPriority } from "../../spec/job-attributes";
import { type TraceWorkload, workloadSchema } from "../../spec/workload";
import type { JobAsks } from "../../workloads/asks";
import { type ClusterCapacity, workloadCluster } from "../../workloads/cluster";
import { priorityLevels } from "../../workloads/priorities";
import { replayJobs } from "../../workloads/replay";
import type { JobLog, LogJob } from "../../workloads/swf/log";
import { refuseImpossible } from "../../workloads/workload";
import { propertyRuns } from "../property-runs";

/** Four nodes of 8 cores, 8 GiB (7168 MiB for jobs) and 2 GPUs of the type a100, two of 4 cores without. */
const compute = { role: "compute" } as const;
const domains = [
  ...[1, 2, 3, 4].map((number) => ({
    ...compute,
    ...{ name: `gpu0${number}`, pool: "nodes", vcpus: 8, memoryMiB: 8192, gpus: 2 },
  })),
  ...[1, 2].map((number) => ({
    ...compute,
    ...{ name: `thin0${number}`, pool: "thin", vcpus: 4, memoryMiB: 8192, gpus: 0 },
  })),
];
const cluster = workloadCluster(
  {
    nodes: { count: 4, gpuType: "a100", features: ["fast", "ib"] },
    pools: { thin: { count: 2 } },
  },
  domains,
  [
    { name: "nodes", nodes: ["gpu01", "gpu02", "gpu03", "gpu04"] },
    { name: "thin", nodes: ["thin01", "thin02"] },
  ],
);
const plain = workloadCluster(
  { nodes: { count: 2 }, pools: {} },
  domains.slice(4).map((domain) => ({ ...domain, pool: "nodes" })),
  [{ name: "nodes", nodes: ["thin01", "thin02"] }],
);

function logJob(job: number, asks: JobAsks | undefined, fields: Partial<LogJob> = {}): LogJob {
  const unknown = { cpu: -1, memory: -1, status: 1, group: -1, executable: -1, queue: -1 };
  return {
    ...{ job, submit: job * 10, wait: 0, run: 30, allocated: 4, requested: 4, estimate: 60 },
    ...{ requestedMemory: -1, user: 1, partition: -1, preceding: -1, think: -1 },
    ...unknown,
    ...fields,
    ...(asks === undefined ? {} : { asks }),
  };
}

function logOf(jobs: readonly LogJob[], header: Record<string, string> = {}): JobLog {
  const labels = { MaxProcs: "64", ...header };
  return {
    name: "site.log",
    header: new Map(Object.entries(labels).map(([label, value]) => [label, [value]])),
    jobs: jobs.length,
    records: jobs.length,
    hash: "0".repeat(64),
    batches: () => [[...jobs]],
  };
}

const workload = (change: object, jobs: number) =>
  workloadSchema.parse({ kind: "trace", file: "site.log", jobs, ...change }) as TraceWorkload;

const full = { sizes: { mode: "full" } };

async function replayed(
  jobs: readonly LogJob[],
  change: object = full,
  on: ClusterCapacity = cluster,
  header: Record<string, string> = {},
) {
  const planned = await replayJobs(
    logOf(jobs, header),
    workload(change, jobs.length),
    on,
    undefined,
  );
  refuseImpossible(planned.jobs, on);
  return planned;
}

const everything: JobAsks = {
  ...{ memoryMiB: 4000, gpus: 2, gpuType: "a100", nodes: 2, constraint: "fast&ib" },
  ...{ partition: "nodes", qos: "high", account: "physics", priority: 1000, eligible: 25 },
};

describe("a job of a log at full size", () => {
  test("keeps all that the log says it asked for", async () => {
    const { jobs, notes } = await replayed([logJob(1, everything)]);
    expect(jobs[0]).toEqual({
      ...{ id: 1, submitSeconds: 0, user: "user01", cores: 4, runSeconds: 30, limitSeconds: 60 },
      ...{ traceJob: 1, memoryMiB: 4000, gpus: 2, gpuType: "a100", nodes: 2 },
      ...{ constraint: "fast&ib", partition: "nodes", qos: "high", account: "physics" },
      ...{ priority: highestPriority, eligibleAfterSeconds: 15 },
    });
    expect(notes).toEqual([]);
  });

  test("keeps nothing of what it is not to keep, and only that", async () => {
    const { jobs: none, notes } = await replayed([logJob(1, everything)], { ...full, keep: [] });
    const { jobs: swf } = await replayed([logJob(1, undefined)]);
    expect(none).toEqual(swf);
    expect(notes).toEqual([]);
    const { jobs } = await replayed([logJob(1, everything)], { ...full, keep: ["qos", "memory"] });
    expect(jobs).toEqual([{ ...swf[0], qos: "high", memoryMiB: 4000 }]);
  });

  test("drops its memory where all memory of the log is dropped", async () => {
    const { jobs } = await replayed([logJob(1, { memoryMiB: 100 })], { ...full, memory: "drop" });
    expect(jobs[0]?.memoryMiB).toBeNull();
  });

  test("keeps the memory of field 10 only where the log says no other", async () => {
    const keep = { ...full, memory: "keep" };
    const fields = { requestedMemory: 1024 * 10 };
    const { jobs } = await replayed(
      [logJob(1, { memoryMiB: 100 }, fields), logJob(2, {}, fields)],
      keep,
    );
    expect(jobs.map(({ memoryMiB }) => memoryMiB)).toEqual([100, 40]);
  });

  test("has as many cores and GPUs on each of its nodes, which is noted", async () => {
    const { jobs, notes } = await replayed([
      logJob(1, { nodes: 3, gpus: 1 }, { allocated: 10 }),
      logJob(2, { coresPerNode: 4 }, { allocated: 8 }),
    ]);
    expect(jobs).toMatchObject([
      { nodes: 3, cores: 12, gpus: 3 },
      { nodes: 2, cores: 8 },
    ]);
    expect(notes).toEqual([
      "1 jobs of the trace have more cores or GPUs, so that each of their nodes has as many",
    ]);
  });

  test("becomes eligible by what it waits for, where it waits for another", async () => {
    const dependencies = [{ type: "afterok" as const, jobs: [1] }];
    const { jobs } = await replayed(
      [
        logJob(1, { eligible: 10 }),
        logJob(2, { eligible: 90 }),
        logJob(3, { eligible: 90, dependencies }),
      ],
      { ...full, timeFactor: 0.5 },
    );
    expect(jobs.map(({ eligibleAfterSeconds }) => eligibleAfterSeconds)).toEqual([
      undefined,
      35,
      undefined,
    ]);
  });
});

test("a job is not told to begin later where its log leaves open whether it had to wait", async () => {
  const eligible = [10.3, 21, 32.5, 41.001];
  const log = eligible.map((seconds, index) => logJob(index + 1, { eligible: seconds }));
  const { jobs } = await replayed(log, { ...full, timeFactor: 0.01 });
  expect(jobs.map((job) => job.eligibleAfterSeconds)).toEqual([undefined, undefined, 0.025, 0.01]);
});

test("however late in a log it is, a job keeps its delay if that is more than a second", async () => {
  const milliseconds = fc.integer({ min: -5000, max: 5000 });
  const places = fc.integer({ min: 0, max: 2_000_000_000 });
  await fc.assert(
    fc.asyncProperty(places, milliseconds, async (place, delay) => {
      const submit = place / 1000;
      const { jobs } = await replayed([logJob(1, { eligible: submit + delay / 1000 }, { submit })]);
      expect(jobs[0]?.eligibleAfterSeconds).toBe(delay > 1000 ? delay / 1000 : undefined);
    }),
    { numRuns: propertyRuns(30) },
  );
});

describe("what no node can hold is refused with the job's number and what is there:", () => {
  const there = "there are 4 with 8 cores, 7168 MiB and 2 GPUs of the type a100, features fast, ib";
  test.each<[string, JobAsks, Partial<LogJob>, string]>([
    [
      "more nodes than there are",
      { nodes: 5 },
      { allocated: 5 },
      "job 1 (7 in the trace) wants 5 nodes each with 1 cores, and 4 nodes have that; ",
    ],
    [
      "more cores a node than a node has",
      { nodes: 1 },
      { allocated: 9 },
      "wants 1 node with 9 cores, and no node has that; ",
    ],
    [
      "more memory a node than a node has",
      { nodes: 2, memoryMiB: 2 * 7169 },
      {},
      "wants 2 nodes each with 2 cores, 7169 MiB, and no node has that; ",
    ],
    [
      "more GPUs a node than a node has",
      { nodes: 1, gpus: 3 },
      {},
      "wants 1 node with 4 cores, 3 GPUs, and no node has that; ",
    ],
    [
      "GPUs of a type that is not there",
      { nodes: 1, gpus: 1, gpuType: "h100" },
      {},
      "wants 1 node with 4 cores, 1 GPUs with GPUs of the type h100, and no node has that; ",
    ],
    [
      "a feature that no node has",
      { constraint: "fast&slow" },
      {},
      "wants 4 cores on nodes with the feature fast&slow, which have 0; ",
    ],
    [
      "more GPUs than its cores can reach",
      { gpus: 3 },
      { allocated: 1 },
      "wants 3 GPUs on at most 1 node, a core on each, which have 2; ",
    ],
  ])("%s", async (_, asks, fields, words) => {
    await expect(replayed([logJob(7, asks, fields)])).rejects.toThrow(words + there);
  });

  test("memory for each core", async () => {
    await expect(replayed([logJob(7, { memoryMiB: 4 * 7169 })])).rejects.toThrow(
      "wants 4 cores with 7169 MiB each, there are 0",
    );
  });

  test("GPUs on a cluster without any", async () => {
    await expect(replayed([logJob(7, { gpus: 1 })], full, plain)).rejects.toThrow(
      "job 1 (7 in the trace) wants 1 GPUs, there are 0",
    );
  });

  test("what fits to the last core is not refused", async () => {
    const last = { nodes: 4, gpus: 8, memoryMiB: 4 * 7168, gpuType: "a100", constraint: "ib" };
    await expect(replayed([logJob(7, last, { allocated: 32 })])).resolves.toBeDefined();
  });
});

describe("what the cluster has nothing of", () => {
  const asks = {
    ...{ constraint: "fast", gpuType: "a100", gpus: 1, partition: "debug", qos: "a b" },
  };

  test("is noted with a count, and not asked for", async () => {
    const here = { ...asks, gpus: 0 };
    const { jobs, notes } = await replayed([logJob(1, here), logJob(2, here)], full, plain);
    expect(jobs[0]).not.toHaveProperty("constraint");
    expect(jobs[0]).not.toHaveProperty("partition");
    expect(jobs[0]).not.toHaveProperty("qos");
    expect(notes).toEqual([
      "2 jobs of the trace do not keep their partition debug: the cluster has no such partition",
      "2 jobs of the trace do not keep their constraint fast: no node has features",
      '2 jobs of the trace do not keep their QOS "a b": no scheduler takes such a name',
    ]);
  });

  test.each(["partition", "constraint", "qos"])(
    "is refused where %s is to be kept",
    async (name) => {
      await expect(
        replayed(
          [logJob(1, undefined), logJob(2, { ...asks, gpus: 0 })],
          { ...full, keep: [name] },
          plain,
        ),
      ).rejects.toMatchObject({
        message: expect.stringContaining(
          `1 jobs of the trace cannot keep their ${name === "qos" ? "QOS" : name}`,
        ),
        remedy: expect.stringContaining(`leave ${name} out of workload.keep`),
      });
    },
  );

  test("is refused where the form of a constraint is not understood", async () => {
    const keep = { ...full, keep: "all" };
    await expect(replayed([logJob(5, { constraint: "[a|b]*2" })], keep)).rejects.toThrow(
      "1 jobs of the trace cannot keep their constraint [a|b]*2, the first is job 5: " +
        "only names with & between them are understood",
    );
  });

  test("is noted where not every scheduler takes the name of a feature or a type of GPUs", async () => {
    const odd = { constraint: "mem:80gb", gpus: 1, gpuType: "a100:80gb" };
    const { jobs, notes } = await replayed([logJob(1, odd)]);
    expect(jobs[0]).not.toHaveProperty("constraint");
    expect(jobs[0]).not.toHaveProperty("gpuType");
    expect(jobs[0]?.gpus).toBe(1);
    expect(notes).toEqual([
      "1 jobs of the trace do not keep their gpus of the type a100:80gb: not every scheduler takes such a name",
      "1 jobs of the trace do not keep their constraint mem:80gb: not every scheduler takes such a name",
    ]);
  });

  test("a partition that the configuration sets stays", async () => {
    const users = { partitions: { user01: "thin" } };
    const { jobs, notes } = await replayed([logJob(1, { partition: "nodes" })], { ...full, users });
    expect(jobs[0]?.partition).toBe("thin");
    expect(notes).toEqual([
      "1 jobs of the trace do not keep their partition nodes: workload.users.partitions names another",
    ]);
  });
});

describe("on a smaller cluster", () => {
  test("memory, GPUs and nodes are scaled with the cores, and what was rounded is counted", async () => {
    // 32 of 64 processors; 8 of the 16 traced nodes are 2 of 4.
    const { jobs, notes } = await replayed(
      [
        logJob(1, { memoryMiB: 6000, gpus: 4, nodes: 8 }, { allocated: 32 }),
        logJob(2, { memoryMiB: 1001, gpus: 1, nodes: 1 }, { allocated: 4 }),
      ],
      {},
      cluster,
      { MaxNodes: "16" },
    );
    expect(jobs).toMatchObject([
      { cores: 16, memoryMiB: 3000, gpus: 2, nodes: 2 },
      { cores: 2, memoryMiB: 501, gpus: 1, nodes: 1 },
    ]);
    expect(notes).toEqual([
      "memory of 1 jobs of the trace, scaled with their cores, were rounded to whole MiB",
      "GPUs of 1 jobs of the trace, scaled with their cores, were rounded to whole ones, at least one",
      "nodes of 1 jobs of the trace, scaled with their cores, were rounded to whole ones that this cluster has",
    ]);
  });

  test("a job takes more nodes where its part of the cores is more than one node has", async () => {
    // Half of a machine of one node of 64 cores: 16 cores, which two nodes have.
    const { jobs } = await replayed([logJob(1, { nodes: 1 }, { allocated: 32 })], {});
    expect(jobs[0]).toMatchObject({ cores: 16, nodes: 2 });
  });

  test("any job of the traced machine fits in its part of this one", async () => {
    const nodes = fc.integer({ min: 1, max: 16 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(nodes, fc.integer({ min: 1, max: 4 })), { minLength: 1 }),
        async (all) => {
          const log = all.map(([count, cores], index) =>
            logJob(index + 1, { nodes: count }, { allocated: count * cores }),
          );
          for (const mode of ["scale", "clip"]) {
            const { jobs } = await replayed(log, { sizes: { mode } }, cluster, { MaxNodes: "16" });
            for (const { cores, nodes: on = 0 } of jobs) {
              expect(cores % on).toBe(0);
              expect(cores / on).toBeLessThanOrEqual(8);
            }
          }
        },
      ),
    );
  });
});

describe("priorities", () => {
  test("keep their order in 16 levels, the highest of which is that of jobs without one", async () => {
    const { jobs } = await replayed([
      logJob(1, { priority: 500 }),
      logJob(2, {}),
      logJob(3, { priority: 4_000_000_000 }),
      logJob(4, { priority: 7.5 }),
    ]);
    expect(jobs.map(({ priority }) => priority)).toEqual([15, undefined, 16, 14]);
  });

  test("of any number keep their order, and use all levels", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const levels = priorityLevels(values);
        const sorted = [...levels].sort(([a], [b]) => b - a);
        expect(sorted[0]?.[1]).toBe(highestPriority);
        for (const [index, [, level]] of sorted.entries()) {
          expect(level).toBeGreaterThanOrEqual(lowestPriority);
          const before = sorted[index - 1]?.[1];
          if (before !== undefined) {
            expect(level).toBeLessThanOrEqual(before);
            if (sorted.length <= 16) expect(level).toBe(before - 1);
          }
        }
        if (sorted.length >= 16) expect(sorted.at(-1)?.[1]).toBe(lowestPriority);
      }),
    );
  });

  test("that share a level are noted", async () => {
    const { notes } = await replayed(
      Array.from({ length: 40 }, (_, i) => logJob(i + 1, { priority: i })),
    );
    expect(notes).toEqual(["the trace's 40 different priorities became 16, in their order"]);
  });
});

describe("a job that is drawn anew", () => {
  const log = Array.from({ length: 30 }, (_, index) =>
    logJob(
      index + 1,
      { qos: `q${index % 3}`, eligible: (index + 1) * 10 + 7 },
      { user: index % 4 },
    ),
  );

  test.each(["users", "shake"])("by %s asks for the same, after as long", async (method) => {
    const { jobs } = await replayed(log, { ...full, resample: { method, number: 2 } });
    expect(jobs).toHaveLength(30);
    for (const { eligibleAfterSeconds, qos, traceJob } of jobs) {
      expect(eligibleAfterSeconds).toBeCloseTo(7, 3);
      expect(qos).toBe(`q${((traceJob ?? 0) - 1) % 3}`);
    }
  });

  test("or moved by the cut of an idle stretch is eligible after as long", async () => {
    const late = [logJob(1, { eligible: 13 }), logJob(500, { eligible: 5003 })];
    const { jobs } = await replayed(late, { ...full, compressIdle: { longerThan: 60 } });
    expect(jobs.map((job) => [job.submitSeconds, job.eligibleAfterSeconds])).toEqual([
      [0, 3],
      [90, 3],
    ]);
  });
});
