import { expect, test } from "vitest";
import { type TraceWorkload, workloadSchema } from "../../spec/workload";
import { type ClusterCapacity, workloadCluster } from "../../workloads/cluster";
import { workloadJobs } from "../../workloads/workload";
import { logFile, realLog } from "./swf-fixture";

/** Two nodes of 4 cores and 4 GiB, of which jobs may use 3584 MiB, and one of 8 cores and 1 GiB. */
const node = { role: "compute", gpus: 0 } as const;
const nodes = [
  { ...node, name: "a1", pool: "nodes", vcpus: 4, memoryMiB: 4096 },
  { ...node, name: "a2", pool: "nodes", vcpus: 4, memoryMiB: 4096 },
  { ...node, name: "b1", pool: "thin", vcpus: 8, memoryMiB: 1024 },
];
const topology = { nodes: { count: 2 }, pools: { thin: { count: 1 } } };
const cluster = workloadCluster(topology, nodes, [
  { name: "nodes", nodes: ["a1", "a2"] },
  { name: "thin", nodes: ["b1"] },
]);

interface Line {
  readonly submit?: number;
  readonly run?: number;
  readonly size?: number;
  readonly estimate?: number;
  /** KiB a processor. */
  readonly memory?: number;
  readonly user?: number;
}

function plan(lines: readonly Line[], change: object, on: ClusterCapacity = cluster) {
  const text = lines.map(
    ({ submit = 0, run = 10, size = 1, estimate = -1, memory = -1, user = 1 }, index) =>
      `${index + 1} ${submit} 0 ${run} ${size} -1 -1 ${size} ${estimate} ${memory} 1 ${user} -1 -1 -1 -1 -1 -1`,
  );
  const file = logFile(["; MaxProcs: 64", ...text].join("\n"));
  const defaults = { kind: "trace", file, jobs: lines.length };
  return workloadJobs(workloadSchema.parse({ ...defaults, ...change }) as TraceWorkload, on);
}

const full = { sizes: { mode: "full" } };

test("in full size, jobs have the cores, times and limits of the log", async () => {
  const lines = [
    { size: 8, run: 3000, estimate: 3600 },
    { submit: 77, size: 3, run: 61, estimate: 60 },
  ];
  const { jobs, notes } = await plan(lines, full);
  expect(jobs).toMatchObject([
    { submitSeconds: 0, cores: 8, runSeconds: 3000, limitSeconds: 3600, memoryMiB: null, gpus: 0 },
    { submitSeconds: 77, cores: 3, runSeconds: 61, limitSeconds: 61 },
  ]);
  expect(notes).toEqual([]);
});

test("in full size, the first job that is too large is named, not cut or left out", async () => {
  await expect(plan([{ size: 8 }, { size: 9 }, { size: 10 }], full)).rejects.toThrow(
    "2 jobs can never start; the first: job 2 (2 in the trace) wants 9 cores, there are 8",
  );
});

test("in full size, jobs that are lengthened to the shortest run time are counted", async () => {
  const lines = [{ run: 30 }, { run: 40 }, { run: 300 }];
  const short = await plan(lines, { ...full, timeFactor: 0.01 });
  expect(short.jobs.map(({ runSeconds }) => runSeconds)).toEqual([1, 1, 3]);
  expect(short.notes).toEqual([
    "2 jobs run longer than in the log times 0.01: workload.runtime.min is 1",
  ]);
});

test("in full size, the first run time that would be cut is named", async () => {
  const lines = [{ run: 3600 }, { run: 7200 }];
  await expect(plan(lines, full)).rejects.toMatchObject({
    message: expect.stringContaining("job 2 of the trace runs for 7200 s"),
    remedy: "raise workload.runtime.max",
  });
  const longer = await plan(lines, { ...full, runtime: { max: 7200 } });
  expect(longer.jobs.map(({ runSeconds }) => runSeconds)).toEqual([3600, 7200]);
  const faster = await plan(lines, { ...full, timeFactor: 0.5 });
  expect(faster.jobs.map(({ runSeconds }) => runSeconds)).toEqual([1800, 3600]);
});

test("memory is kept on request: of the log's KiB a processor the MiB of the whole job", async () => {
  const lines = [{ size: 4, memory: 524_288 }, { size: 3, memory: 1000 }, { size: 2 }];
  const kept = await plan(lines, { ...full, memory: "keep" });
  expect(kept.jobs.map(({ memoryMiB }) => memoryMiB)).toEqual([2048, 3, null]);
  expect(kept.notes).toEqual([
    "1 jobs of the trace ask for no memory: they get the scheduler's default",
  ]);
  const dropped = await plan(lines, { ...full, memory: "drop" });
  expect(dropped).toEqual({ ...(await plan(lines, full)), trace: dropped.trace });
  expect(dropped.jobs.map(({ memoryMiB }) => memoryMiB)).toEqual([null, null, null]);
});

test("memory of a scaled job is that of its cores", async () => {
  // 32 of 64 processors are 4 of 8 cores.
  const { jobs } = await plan([{ size: 32, memory: 102_400 }], { memory: "keep" });
  expect(jobs[0]).toMatchObject({ cores: 4, memoryMiB: 400 });
});

test("a job whose memory no nodes have together with its cores is refused", async () => {
  const gib = 1024 * 1024;
  const keep = { ...full, memory: "keep" };
  // A node has 3584 MiB for jobs: three cores of 1 GiB, not four.
  await expect(plan([{ size: 6, memory: gib }], keep)).resolves.toBeDefined();
  await expect(plan([{ size: 7, memory: gib }], keep)).rejects.toThrow(
    "1 jobs can never start; the first: job 1 (1 in the trace) wants 7 cores with 1024 MiB each, there are 6",
  );
  const thin = { ...keep, users: { partitions: { user01: "thin" } } };
  await expect(plan([{ size: 8, memory: gib / 8 }], thin)).rejects.toThrow(
    "wants 8 cores with 128 MiB each in partition thin, there are 7",
  );
});

test("a window has the jobs that were submitted in it, all of them or the first ones", async () => {
  const lines = [0, 40, 50, 99, 100, 149, 150].map((submit) => ({ submit }));
  const window = { from: 50, seconds: 100 };
  const { jobs, notes } = await plan(lines, { window, jobs: "all" });
  expect(jobs.map(({ traceJob, submitSeconds }) => [traceJob, submitSeconds])).toEqual([
    [3, 0],
    [4, 49],
    [5, 50],
    [6, 99],
  ]);
  expect(notes).toEqual([]);
  const two = await plan(lines, { window, jobs: 2 });
  expect(two.jobs.map(({ traceJob }) => traceJob)).toEqual([3, 4]);
  expect(two.notes).toEqual([
    "2 further usable jobs of the window are left out: workload.jobs is 2",
  ]);
  await expect(plan(lines, { window, jobs: 5 })).rejects.toMatchObject({
    message: expect.stringMatching(
      /has 4 usable jobs of 7 in the window, workload.jobs asks for 5/,
    ),
    remedy: "set workload.jobs to at most 4, or take another window",
  });
  await expect(plan(lines, { window: { from: 500, seconds: 1 }, jobs: "all" })).rejects.toThrow(
    "has 0 usable jobs of 7 in the window, workload.jobs asks for all",
  );
});

test("all jobs of a log are those that are usable", async () => {
  const lines = [{}, { run: 0 }, { submit: 5, size: -1 }, { submit: 6 }];
  const { jobs, notes } = await plan(lines, { jobs: "all" });
  expect(jobs.map(({ traceJob }) => traceJob)).toEqual([1, 4]);
  expect(notes).toHaveLength(2);
});

test("a window is cut before its users are drawn anew", async () => {
  const lines = Array.from({ length: 60 }, (_, index) => ({ submit: index * 10, user: index % 7 }));
  const window = { from: 200, seconds: 200 };
  const { jobs } = await plan(lines, { window, jobs: "all", resample: 2 });
  expect(jobs.length).toBeGreaterThan(5);
  for (const { traceJob } of jobs) {
    expect(traceJob).toBeGreaterThan(20);
    expect(traceJob).toBeLessThanOrEqual(40);
  }
});

test("the SDSC log runs at full size on its machine of 128, and not where its largest job has no room", async ({
  skip,
}) => {
  const file = realLog("SDSC-SP2-1998-first-5000.swf");
  if (file === null) return skip("no ../shared/traces");
  const change = { file, jobs: "all", sizes: { mode: "full" }, runtime: { max: 259_200 } };
  const machine = (cores: number) =>
    plan([], change, { ...cluster, capacityCores: cores, partitions: [], nodes: [] });
  const { jobs } = await machine(128);
  expect(jobs).toHaveLength(4606);
  expect(Math.max(...jobs.map(({ cores }) => cores))).toBe(100);
  await expect(machine(99)).rejects.toThrow(/wants 100 cores, there are 99$/);
});
