import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSpec } from "../../../spec/parse";
import type { ClusterCapacity } from "../../../workloads/cluster";
import type { WorkloadJob } from "../../../workloads/job";
import { workloadJobs } from "../../../workloads/workload";
import { logFile } from "../swf-fixture";

const cluster = { capacityCores: 16, largestNodeCores: 4, memoryPerCoreMiB: 256, gpus: 0 };

function plan(workload: object, on: Partial<ClusterCapacity> = {}) {
  const topology = { pools: { fat: {} } };
  const spec = parseSpec({ topology, workload: { kind: "elastic", ...workload } });
  return workloadJobs(spec.workload, { ...cluster, ...on });
}

const milliseconds = (seconds: number) => Math.round(seconds * 1000);
const endOf = ({ submitSeconds, runSeconds }: WorkloadJob) =>
  milliseconds(submitSeconds) + milliseconds(runSeconds);

/** Cores in use if every job starts when it is submitted. */
function inUse(jobs: readonly WorkloadJob[], seconds: number): number {
  const time = milliseconds(seconds);
  return jobs
    .filter((job) => milliseconds(job.submitSeconds) <= time && time < endOf(job))
    .reduce((sum, { cores }) => sum + cores, 0);
}

test("the jobs are a function of the seed and the cluster", async () => {
  const first = await plan({ seed: 4 });
  expect(await plan({ seed: 4 })).toEqual(first);
  expect((await plan({ seed: 5 })).jobs).not.toEqual(first.jobs);
  expect((await plan({ seed: 4 }, { capacityCores: 32 })).jobs).not.toEqual(first.jobs);
  expect(first.jobs.map(({ id }) => id)).toEqual(first.jobs.map((_, index) => index + 1));
  expect(first.trace).toBeNull();
});

test("the cores in use follow the demand by no more than the largest job's cores", async () => {
  const shapes = fc.oneof(
    fc.record({
      kind: fc.constant("bursts"),
      base: fc.integer({ min: 0, max: 6 }),
      peak: fc.integer({ min: 8, max: 20 }),
      every: fc.constant(30),
      length: fc.integer({ min: 3, max: 25 }),
      until: fc.constant(120),
    }),
    fc.record({
      kind: fc.constant("steps"),
      steps: fc.constant([
        { at: 0, cores: "25%" },
        { at: 40, cores: "100%" },
        { at: 80, cores: 1 },
      ]),
      until: fc.integer({ min: 90, max: 130 }),
    }),
  );
  const level = (shape: { kind: string; [key: string]: unknown }, time: number) => {
    if (shape.kind === "steps") return time >= 80 ? 1 : time >= 40 ? 16 : 4;
    const burst = time >= 30 && time % 30 < Number(shape.length);
    return Number(burst ? shape.peak : shape.base);
  };
  await fc.assert(
    fc.asyncProperty(shapes, fc.nat(1_000_000), async (shape, seed) => {
      const { jobs } = await plan({ shape, seed, draw: { sizes: "uniform:1:3" } });
      const largest = Math.max(...jobs.map(({ cores }) => cores));
      // From the beginning of each second, and in its middle, but for the last one before a fall.
      for (let time = 0; time < Number(shape.until) - 1; time += 0.5) {
        if (level(shape, time + 1) < level(shape, time)) continue;
        expect(Math.abs(inUse(jobs, time) - level(shape, time))).toBeLessThanOrEqual(largest);
      }
      for (const job of jobs) {
        const { runSeconds, limitSeconds } = job;
        expect(endOf(job)).toBeLessThanOrEqual(Number(shape.until) * 1000);
        expect(runSeconds).toBeGreaterThanOrEqual(1);
        expect(limitSeconds).toBeGreaterThanOrEqual(runSeconds);
      }
    }),
    { numRuns: 40 },
  );
});

test("run times and sizes are those that are drawn, but where the demand falls", async () => {
  const shape = { kind: "steps", steps: [{ at: 0, cores: 12 }], until: 600 };
  const draw = { sizes: "choice:1=1,2=1", runs: "uniform:5:9" };
  const { jobs, notes, tasks } = await plan({ shape, draw, body: "spin" });
  const last = jobs.filter((job) => endOf(job) === 600_000);
  const whole = jobs.filter((job) => !last.includes(job));
  expect(new Set(whole.map(({ runSeconds }) => runSeconds))).toEqual(new Set([5, 6, 7, 8, 9]));
  expect(new Set(jobs.map(({ cores }) => cores))).toEqual(new Set([1, 2]));
  // A drawn run time may end with the demand too.
  const early = Number(/; (\d+) of them end early, with the demand$/.exec(notes[0] ?? "")?.[1]);
  expect(early).toBeGreaterThan(0);
  expect(early).toBeLessThanOrEqual(last.length);
  expect(notes).toEqual([
    `demand of 12 to 12 cores over 600 s in ${jobs.length} jobs of at most 2 cores; ${early} of them end early, with the demand`,
  ]);
  expect(tasks).toEqual(jobs.map(() => ({ kind: "spin" })));
  const long = await plan({ shape, draw: { runs: "constant:5000" }, runtime: { max: 50 } });
  expect(Math.max(...long.jobs.map(({ runSeconds }) => runSeconds))).toBe(50);
});

test("sizes are powers of two up to an eighth of the supply where none are given", async () => {
  const sizes = async (capacityCores: number) => {
    const { jobs } = await plan({}, { capacityCores });
    return [...new Set(jobs.map(({ cores }) => cores))].sort((a, b) => a - b);
  };
  expect(await sizes(4)).toEqual([1]);
  expect(await sizes(16)).toEqual([1, 2]);
  expect(await sizes(70)).toEqual([1, 2, 4, 8]);
});

test("a share is one of the partitions to which the users submit, whose sizes no job exceeds", async () => {
  const partitions = [
    { name: "nodes", cores: 4 },
    { name: "fat", cores: 12 },
  ];
  const shape = { kind: "steps", steps: [{ at: 0, cores: "100%" }], until: 60 };
  const planned = (users: object) =>
    plan({ shape, users, draw: { sizes: "uniform:1:12" } }, { partitions });
  const small = await planned({ count: 2 });
  expect(inUse(small.jobs, 30)).toBeGreaterThan(1);
  expect(Math.max(...small.jobs.map(({ cores }) => cores))).toBeLessThanOrEqual(4);
  expect(
    Math.max(...small.jobs.map(({ submitSeconds }) => inUse(small.jobs, submitSeconds))),
  ).toBeLessThanOrEqual(6);
  const both = await planned({ count: 2, partitions: { user01: "fat" } });
  expect(new Set(both.jobs.map(({ user, partition }) => `${user} ${partition}`))).toEqual(
    new Set(["user01 fat", "user02 undefined"]),
  );
  expect(both.notes[0]).toMatch(/^demand of 16 to 16 cores/);
});

test("the load of a window of a log is followed at the scale of the cluster", async () => {
  // Of 64 processors, 32 are busy from 100 to 300, and 64 from 200 on; the third has no wait.
  const job = (id: number, submit: number, wait: number, run: number, size: number) =>
    `${id} ${submit} ${wait} ${run} ${size} -1 -1 ${size} -1 -1 1 1 -1 -1 -1 -1 -1 -1`;
  const log = [job(1, 0, 100, 200, 32), job(2, 150, 50, 200, 32), job(3, 300, -1, 100, 32)];
  const file = logFile(["; MaxProcs: 64", ...log].join("\n"));
  const shape = { kind: "trace", file, window: { from: 50, seconds: 300 }, timeFactor: 0.1 };
  const { jobs, trace, notes } = await plan({ shape, draw: { sizes: "constant:2" } });
  const level = (second: number) => (second < 5 ? 0 : second < 15 ? 8 : 16);
  for (const time of [0, 4, 5, 10, 14, 15, 16, 20, 25, 28]) {
    expect(Math.abs(inUse(jobs, time) - level(time))).toBeLessThanOrEqual(1);
  }
  expect(Math.max(...jobs.map(endOf))).toBe(30_000);
  expect(trace).toEqual({ name: "log.swf", hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(notes).toEqual([
    "1 jobs of the log have no recorded wait: they count from their submission on",
    expect.stringMatching(/^demand of 0 to 16 cores over 30 s/),
  ]);
  const doubled = await plan({ shape: { ...shape, traceCores: 128 } });
  expect(doubled.notes.at(-1)).toMatch(/^demand of 0 to 8 cores/);
});

test("bad rows of the log whose load is followed are refused, or left out and counted", async () => {
  const log = ["; MaxProcs: 64", "1 0 0 100 32 -1 -1 32 -1 -1 1 1 -1 -1 -1 -1 -1 -1", "2 5 0 10"];
  const shape = { kind: "trace", file: logFile(log.join("\n")), window: { seconds: 100 } };
  await expect(plan({ shape })).rejects.toMatchObject({
    message: expect.stringContaining("line 3: expected 18 fields, got 4"),
    remedy: expect.stringContaining("set workload.shape.badRows to leave-out"),
  });
  const { notes } = await plan({ shape: { ...shape, badRows: "leave-out" } });
  expect(notes).toEqual([
    "bad rows of the trace: 1 × line left out: wrong number of fields",
    expect.stringMatching(/^demand of 8 to 8 cores over 100 s/),
  ]);
});

test("a log that does not say its machine's size needs it in the config", async () => {
  const file = logFile("1 0 0 10 4 -1 -1 4 -1 -1 1 1 -1 -1 -1 -1 -1 -1");
  const shape = { kind: "trace", file, window: { seconds: 10 } };
  await expect(plan({ shape })).rejects.toMatchObject({
    message: expect.stringContaining("neither MaxProcs nor MaxNodes in its header"),
    remedy: "set workload.shape.traceCores to the cores of the traced machine",
  });
});

test("a demand without jobs, or with too many, is refused with what to change", async () => {
  const steps = (cores: number, until: number) => ({
    kind: "steps",
    steps: [{ at: 0, cores }],
    until,
  });
  await expect(plan({ shape: steps(0, 60) })).rejects.toThrow(
    "the demand of workload.shape is always below half a job",
  );
  await expect(
    plan({ shape: steps(16, 100_000), draw: { sizes: "constant:1", runs: "constant:1" } }),
  ).rejects.toThrow("takes more than 100000 jobs");
  await expect(plan({ draw: { sizes: "uniform:20:30" } })).rejects.toThrow(
    "none of 1000 lay between 1 and 16 processors",
  );
});

test("in a mixture the demand's jobs come on top of those that are shared out", async () => {
  const wave = { kind: "elastic", draw: { sizes: "constant:1" }, body: "spin" };
  const components = {
    calm: { kind: "poisson", share: 0.5 },
    noise: { kind: "trace", share: 0.5 },
    wave,
  };
  const spec = parseSpec({ workload: { kind: "mixed", jobs: 10, seed: 3, components } });
  const mixed = await workloadJobs(spec.workload, cluster);
  const alone = await plan({ ...wave, kind: "elastic", seed: 5 });
  const own = mixed.jobs.filter((_, index) => mixed.tasks[index]?.kind === "spin");
  expect(own.map(({ id: _, ...job }) => job)).toEqual(alone.jobs.map(({ id: _, ...job }) => job));
  expect(mixed.jobs).toHaveLength(10 + alone.jobs.length);
  expect(mixed.notes).toContainEqual(`wave: ${alone.notes[0]}`);
  const only = parseSpec({ workload: { kind: "mixed", components: { wave } } });
  expect((await workloadJobs(only.workload, cluster)).jobs.length).toBeGreaterThan(20);
});
