import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { registerGenerate } from "../../../cli/generate";
import { registerSimulate } from "../../../cli/simulate";
import { registerTrace } from "../../../cli/trace";
import { parseSpec } from "../../../spec/parse";
import { workloadJobs } from "../../../workloads/workload";
import { runCommand } from "../../cli/command";
import { temporaryDirectory } from "../../store/run-fixture";
import { logFile, realLog } from "../swf-fixture";

const cluster = { capacityCores: 8, largestNodeCores: 4, memoryPerCoreMiB: 256, gpus: 0 };

function plan(workload: object) {
  return workloadJobs(parseSpec({ workload }).workload, cluster);
}

/** Without the numbers that a log of its own gives its jobs. */
async function jobsOf(workload: object) {
  const { jobs } = await plan(workload);
  return jobs.map(({ traceJob: _, ...job }) => job);
}

/** 300 jobs of 5 users in 12 days, some of which cannot be used. */
function someLog(): string {
  const lines = Array.from({ length: 300 }, (_, index) => {
    const submit = index * 3500 + ((index * 7919) % 997);
    const run = index % 11 === 0 ? 0 : 60 + ((index * 31) % 4000);
    return `${index + 1} ${submit} 7 ${run} ${1 + (index % 8)} -1 -1 -1 9000 -1 1 ${1 + ((index * index) % 5)} -1 -1 1 -1 -1 -1`;
  });
  return logFile(`; MaxProcs: 8\n; UnixStartTime: 0\n${lines.join("\n")}\n`);
}

const kinds: readonly object[] = [
  { kind: "trace", jobs: 60 },
  { kind: "poisson", jobs: 60 },
  { kind: "lublin", jobs: 60 },
  {
    kind: "mixed",
    jobs: 60,
    components: {
      day: { kind: "poisson", share: 0.5 },
      night: { kind: "lublin", share: 0.4 },
      linpack: { kind: "hpl", share: 0.1 },
    },
  },
];

test.each(kinds)("%o is drawn anew by number, and 0 is the original", async (workload) => {
  const original = await plan(workload);
  expect((await plan({ ...workload, resample: 0 })).jobs).toEqual(original.jobs);
  const lists = new Set([JSON.stringify(original.jobs)]);
  for (const resample of [1, 2, { method: "shake", number: 1 }, { method: "shake", number: 2 }]) {
    const drawn = await plan({ ...workload, resample });
    expect(await plan({ ...workload, resample })).toEqual(drawn);
    expect(drawn.jobs.map(({ id }) => id)).toEqual(original.jobs.map((_, index) => index + 1));
    expect(drawn.tasks).toHaveLength(drawn.jobs.length);
    const submits = drawn.jobs.map(({ submitSeconds }) => submitSeconds);
    expect([...submits].sort((a, b) => a - b)).toEqual(submits);
    expect(submits[0]).toBe(0);
    // The source is the same.
    expect(drawn.trace).toEqual(original.trace);
    lists.add(JSON.stringify(drawn.jobs));
  }
  expect(lists.size).toBe(5);
});

test("shakes of a window have the window's jobs, those by users any of the log", async () => {
  const file = someLog();
  const jobs = async (resample?: object) =>
    (await plan({ file, jobs: 50, resample })).jobs.map(({ traceJob }) => traceJob);
  const original = new Set(await jobs());
  expect(new Set(await jobs({ method: "shake", number: 3, runs: 0.1 }))).toEqual(original);
  expect((await jobs({ number: 1 })).some((job) => !original.has(job))).toBe(true);
});

test("a log that has too few jobs is refused as it is without a resample", async () => {
  const file = someLog();
  await expect(plan({ file, jobs: 273, resample: 1 })).rejects.toThrow(
    /has 272 usable jobs of 300/,
  );
  expect((await plan({ file, jobs: 272, resample: 1 })).jobs).toHaveLength(272);
});

test.each(["users", "shake"])(
  "trace and simulate draw by %s the jobs that a workload has",
  async (method) => {
    const file = someLog();
    const out = path.join(temporaryDirectory(), "out.swf");
    const drawn = ["--resample", "4", "--resample-method", method];
    await runCommand(registerTrace, "trace", file, "--out", out, "--first", "50", ...drawn);
    // A shaken log has its users in another order of appearance, so that they become others here.
    const workload = { jobs: 50, timeFactor: 0.001, sizes: { mode: "skip" }, users: { count: 1 } };
    expect(await jobsOf({ ...workload, file: out })).toEqual(
      await jobsOf({ ...workload, file, resample: { method, number: 4 } }),
    );
    const text = readFileSync(out, "utf8");
    expect(text).toContain(`resampled by schedlab: ${method}, number 4`);
    const simulated = async (...argv: string[]) => {
      const { output } = await runCommand(
        registerSimulate,
        ...["simulate", ...argv, "--policy", "easy", "--json"],
      );
      const { skipped: _, oddities: __, ...figures } = JSON.parse(output);
      return figures;
    };
    expect(await simulated(file, "--first", "50", ...drawn)).toEqual(await simulated(out));
  },
);

test("generate draws the jobs that the model's workload has", async () => {
  const out = path.join(temporaryDirectory(), "out.swf");
  const model = ["--model", "lublin-batch", "--jobs", "80", "--procs", "8", "--users", "3"];
  await runCommand(
    registerGenerate,
    ...["generate", ...model, "--seed", "5", "--resample", "2", "--out", out],
  );
  const workload = { jobs: 80, timeFactor: 0.01 };
  expect(await jobsOf({ ...workload, file: out })).toEqual(
    await jobsOf({ ...workload, kind: "lublin", seed: 5, resample: 2 }),
  );
});

test("options of the other method, and amounts out of range, are wrong use", async () => {
  const use = async (...argv: string[]) =>
    (await runCommand(registerSimulate, "simulate", someLog(), "--policy", "easy", ...argv))
      .wrongUse;
  expect(await use("--resample", "1", "--shake-runs", "0.1")).toContain(
    "--shake-runs: not with the method users",
  );
  expect(await use("--resample", "1", "--resample-method", "shake", "--shake-runs", "3")).toContain(
    "option '--shake-runs': expected a number 0..0.5, got 3",
  );
  expect(await use("--shake-runs", "0.1")).toContain("Give its number with --resample");
});

test("real logs, with and without users, can be drawn anew in both ways", async ({ skip }) => {
  for (const name of ["SDSC-SP2-1998-first-5000.swf", "lublin_256.swf"]) {
    const file = realLog(name);
    if (file === null) return skip("no ../shared/traces");
    for (const method of ["users", "shake"]) {
      const lists = await Promise.all(
        [0, 1, 2].map((number) => jobsOf({ file, jobs: 500, resample: { method, number } })),
      );
      expect(new Set(lists.map((jobs) => JSON.stringify(jobs))).size).toBe(3);
      expect(lists.map(({ length }) => length)).toEqual([500, 500, 500]);
    }
  }
});
