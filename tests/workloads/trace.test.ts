import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type TraceWorkload, workloadSchema } from "../../spec/workload";
import { bundledLog } from "../../workloads/bundled";
import type { WorkloadJob } from "../../workloads/job";
import { readSwf } from "../../workloads/swf/read";
import type { SwfRecord } from "../../workloads/swf/record";
import { refuseImpossible, workloadJobs } from "../../workloads/workload";
import { line, logFile, realLog } from "./swf-fixture";

const cluster = { capacityCores: 4, largestNodeCores: 2, memoryPerCoreMiB: 512, gpus: 0 };

function workload(change: object): TraceWorkload {
  return workloadSchema.parse({ kind: "trace", ...change }) as TraceWorkload;
}

function plan(log: string[], change: object, capacityCores = 4) {
  const file = logFile(["; MaxProcs: 16", ...log].join("\n"));
  const spec = workload({ file, jobs: log.length, ...change });
  return workloadJobs(spec, { ...cluster, capacityCores });
}

test("times are scaled and count from the first submission", async () => {
  const { jobs } = await plan([line(7, 1000, 40, 4), line(8, 1100, 60, 8)], { timeFactor: 0.1 });
  expect(jobs).toEqual([
    {
      id: 1,
      submitSeconds: 0,
      user: "user01",
      cores: 1,
      runSeconds: 4,
      limitSeconds: 4,
      gpus: 0,
      memoryMiB: null,
      traceJob: 7,
    },
    {
      id: 2,
      submitSeconds: 10,
      user: "user01",
      cores: 2,
      runSeconds: 6,
      limitSeconds: 6,
      gpus: 0,
      memoryMiB: null,
      traceJob: 8,
    },
  ]);
});

test("the limit is the user's estimate, never below the run, and shrinks with a capped run", async () => {
  const limits = async (run: number, change: object) =>
    (await plan([line(1, 0, run)], change)).jobs.map((job) => [job.runSeconds, job.limitSeconds]);
  expect(await limits(10, {})).toEqual([[10, 20]]);
  expect(await limits(30, {})).toEqual([[30, 30]]);
  expect(await limits(10, { runtime: { max: 5 } })).toEqual([[5, 10]]);
  expect(await limits(10, { timeFactor: 0.01 })).toEqual([[1, 1]]);
});

test("jobs without a run time or a size are skipped and said so", async () => {
  const log = [line(1, 0, 0), line(2, 0, -1), line(3, 0, 5, -1), line(4, 7, 5, 1)];
  const { jobs, notes } = await plan(log, { jobs: 1 });
  expect(jobs.map(({ traceJob, submitSeconds }) => [traceJob, submitSeconds])).toEqual([[4, 0]]);
  expect(notes).toEqual([
    "2 jobs of the trace skipped: no run time above 0",
    "1 jobs of the trace skipped: no size",
  ]);
});

test("sizes are scaled to the cluster, cut off at its capacity, or skipped above it", async () => {
  const log = [line(1, 0, 5, 1), line(2, 0, 5, 6), line(3, 0, 5, 16), line(4, 0, 5, 20)];
  const sizes = async (mode: string, jobs: number) =>
    (await plan(log, { jobs, sizes: { mode } })).jobs.map((job) => job.cores);
  expect(await sizes("scale", 4)).toEqual([1, 2, 4, 4]);
  expect(await sizes("clip", 4)).toEqual([1, 4, 4, 4]);
  expect(await sizes("skip", 1)).toEqual([1]);
  await expect(sizes("skip", 2)).rejects.toThrow("has 1 usable jobs of 4");
});

test("a trace that does not say its machine's size needs it in the config", async () => {
  const file = logFile(line(1, 0, 5, 8));
  const spec = (sizes: object) => workload({ file, jobs: 1, sizes });
  await expect(workloadJobs(spec({}), cluster)).rejects.toThrow(
    "neither MaxProcs nor MaxNodes in its header",
  );
  const { jobs } = await workloadJobs(spec({ traceCores: 8 }), cluster);
  expect(jobs[0]?.cores).toBe(4);
});

test("a trace user keeps one name; unknown users and by-job take turns", async () => {
  const users = async (numbers: number[], mapping: string) => {
    const log = numbers.map((user, index) => line(index + 1, index, 5, 1, user));
    const { jobs } = await plan(log, { users: { count: 2, mapping } });
    return jobs.map(({ user }) => user);
  };
  expect(await users([30, 10, 30, 20], "round-robin")).toEqual([
    "user01",
    "user02",
    "user01",
    "user01",
  ]);
  expect(await users([-1, -1, -1], "round-robin")).toEqual(["user01", "user02", "user01"]);
  expect(await users([5, 5, 5], "by-job")).toEqual(["user01", "user02", "user01"]);
});

test("a user's partition goes with the jobs", async () => {
  const { jobs } = await plan([line(1, 0, 5, 1, 1), line(2, 0, 5, 1, 2)], {
    users: { count: 2, partitions: { user02: "debug" } },
  });
  expect(jobs.map((job) => job.partition)).toEqual([undefined, "debug"]);
});

test("a job fits the partition it goes to, not only the cluster", async () => {
  const log = [line(1, 0, 5, 16, 1), line(2, 0, 5, 16, 2), line(3, 0, 5, 16, 3)];
  const file = logFile(["; MaxProcs: 16", ...log].join("\n"));
  const users = { count: 3, partitions: { user02: "large", user03: "urgent" } };
  const partitions = [
    { name: "main", cores: 2 },
    { name: "large", cores: 6 },
  ];
  const planned = (sizes: object, jobs: number) =>
    workloadJobs(workload({ file, jobs, users, sizes }), {
      capacityCores: 8,
      largestNodeCores: 2,
      memoryPerCoreMiB: 512,
      gpus: 0,
      partitions,
    });
  expect((await planned({}, 3)).jobs.map(({ cores }) => cores)).toEqual([2, 6, 8]);
  await expect(planned({ mode: "skip" }, 1)).rejects.toThrow("has 0 usable jobs of 3");
});

test("a job that can never start is refused before anything is submitted", () => {
  const job = { submitSeconds: 0, user: "user01", runSeconds: 1, limitSeconds: 1, memoryMiB: null };
  const jobs: WorkloadJob[] = [
    { ...job, id: 1, cores: 4, gpus: 0, traceJob: null },
    { ...job, id: 2, cores: 5, gpus: 0, traceJob: 17 },
    { ...job, id: 3, cores: 1, gpus: 1, traceJob: null },
  ];
  expect(() => refuseImpossible(jobs.slice(0, 1), cluster)).not.toThrow();
  expect(() => refuseImpossible(jobs, cluster)).toThrow(
    "2 jobs can never start; the first: job 2 (17 in the trace) wants 5 cores, there are 4",
  );
});

test("a malformed line is refused even behind the jobs that were asked for", async () => {
  await expect(plan([line(1, 0), line(2, 0).replace("20", "soon")], { jobs: 1 })).rejects.toThrow(
    /log\.swf, line 3, field 9 \(requested time\): expected a number, got "soon"/,
  );
});

test("a missing trace is refused by its path, relative names starting at the project", async () => {
  await expect(
    workloadJobs(workload({ file: "traces/none.swf" }), cluster, { directory: "/somewhere" }),
  ).rejects.toThrow("/somewhere/traces/none.swf: no such file");
});

test("the trace's hash is that of its bytes, and a gzip is another file", async () => {
  const text = ["; MaxProcs: 4", line(1, 0)].join("\n");
  const hashOf = async (content: string | Buffer) =>
    (await workloadJobs(workload({ file: logFile(content), jobs: 1 }), cluster)).trace;
  expect(await hashOf(text)).toMatchObject({ name: "log.swf" });
  expect((await hashOf(text))?.hash).not.toBe((await hashOf(gzipSync(text)))?.hash);
});

test("whatever the trace, every job fits the cluster and the limits hold", async () => {
  const entry = fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 64 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(entry, { minLength: 1, maxLength: 20 }),
      fc.constantFrom("scale", "clip"),
      fc.double({ min: 0.0001, max: 10, noNaN: true }),
      fc.integer({ min: 1, max: 200 }),
      async (entries, mode, timeFactor, capacityCores) => {
        const text = entries.map(([run, procs], index) => line(index + 1, index, run, procs));
        const spec = workload({ jobs: entries.length, timeFactor, sizes: { mode } });
        const file = logFile(["; MaxProcs: 32", ...text].join("\n"));
        const planned = await workloadJobs({ ...spec, file }, { ...cluster, capacityCores });
        for (const job of planned.jobs) {
          expect(job.cores).toBeGreaterThanOrEqual(1);
          expect(job.cores).toBeLessThanOrEqual(capacityCores);
          expect(job.runSeconds).toBeGreaterThanOrEqual(1);
          expect(job.runSeconds).toBeLessThanOrEqual(3600);
          expect(job.limitSeconds).toBeGreaterThanOrEqual(job.runSeconds);
        }
      },
    ),
    { numRuns: 40 },
  );
});

/** First come, first served on `cores` cores: end of the last job and the longest queue. */
function firstComeFirstServed(jobs: readonly WorkloadJob[], cores: number) {
  const free = new Array<number>(cores).fill(0);
  const starts: number[] = [];
  let end = 0;
  for (const job of jobs) {
    free.sort((a, b) => a - b);
    const start = Math.max(job.submitSeconds, free[job.cores - 1] ?? 0, starts.at(-1) ?? 0);
    free.fill(start + job.runSeconds, 0, job.cores);
    starts.push(start);
    end = Math.max(end, start + job.runSeconds);
  }
  const queue = jobs.map(
    ({ submitSeconds }, index) => starts.slice(0, index).filter((s) => s > submitSeconds).length,
  );
  return { end, longestQueue: Math.max(...queue) };
}

test("the bundled trace keeps a small cluster busy for about a minute, with a queue", async () => {
  for (const capacityCores of [2, 4]) {
    const planned = await workloadJobs(workload({}), { ...cluster, capacityCores });
    expect(planned.jobs).toHaveLength(40);
    expect(new Set(planned.jobs.map(({ user }) => user)).size).toBe(3);
    const { end, longestQueue } = firstComeFirstServed(planned.jobs, capacityCores);
    expect(end).toBeGreaterThan(35);
    expect(end).toBeLessThan(90);
    expect(longestQueue).toBeGreaterThanOrEqual(5);
  }
});

test("the bundled trace is a function of its seed", async () => {
  const planned = (seed: number) => workloadJobs(workload({ seed }), cluster);
  expect(await planned(1)).toEqual(await planned(1));
  expect((await planned(1)).trace?.hash).not.toBe((await planned(2)).trace?.hash);
  // Pinned: a change here makes new runs incomparable with stored ones.
  expect((await planned(1)).trace?.hash.slice(0, 16)).toBe("540a9e522ad73ad9");
});

test("the bundled trace has the jobs that a strict reader finds in its bytes", async () => {
  for (const [jobs, seed] of [
    [1, 0],
    [45, 7],
    [3000, 2],
  ] as const) {
    const { bytes, ...log } = bundledLog(jobs, seed);
    const { reading, records } = await readSwf(bytes, "strict");
    const made: SwfRecord[] = [];
    for await (const batch of log.batches()) made.push(...batch);
    expect(made).toEqual(records);
    expect(log.header).toEqual(reading.header);
    expect([log.jobs, log.records, log.hash]).toEqual([jobs, jobs, reading.hash]);
  }
});

test("the first 100 jobs of the SDSC log run on four cores", async ({ skip }) => {
  const file = realLog("SDSC-SP2-1998-first-5000.swf");
  if (file === null) return skip("no ../shared/traces");
  const { jobs, trace } = await workloadJobs(
    workload({ file, jobs: 100, timeFactor: 0.0001 }),
    cluster,
  );
  expect(jobs).toHaveLength(100);
  expect(jobs[0]).toMatchObject({ traceJob: 4, runSeconds: 17.283 });
  expect(trace?.name).toBe("SDSC-SP2-1998-first-5000.swf");
});
