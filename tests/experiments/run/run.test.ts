import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runExperiment } from "../../../experiments/run";
import { thisOwner } from "../../../experiments/run/owner";
import type { Progress } from "../../../experiments/run/progress";
import type { Handle } from "../../../infra/handle";
import { parseSpec } from "../../../spec/parse";
import {
  benchmarkRecordSchema,
  eventRecordSchema,
  hostSampleRecordSchema,
  nodeRecordsSchema,
  runFiles,
  sampleRecordSchema,
} from "../../../store/record";
import { logFile } from "../../workloads/swf-fixture";
import { completes, FakeSlurm, fakeHandle } from "./fake-slurm";
import { lastRecords, lines, runRecord } from "./run-files";

let runsDir: string;

beforeEach(() => {
  runsDir = fs.mkdtempSync(path.join(os.tmpdir(), "runs-"));
});
afterEach(() => fs.rmSync(runsDir, { recursive: true }));

const silent: Progress = { update: () => {}, print: () => {}, stop: () => {} };

function run(handle: Handle, slurm: FakeSlurm, signal = new AbortController().signal) {
  return runExperiment(handle, {
    report: () => {},
    progress: silent,
    log: { level: "fatal" },
    signal,
    runsDir,
    connect: () => slurm.executor,
  });
}

describe("a run", () => {
  test("leaves every record where the store looks for it, as the store expects it", async () => {
    const [outcome] = await run(fakeHandle(6), new FakeSlurm());
    expect(outcome).toMatchObject({ status: "completed", reason: null, jobs: 6, failedJobs: 0 });
    const directory = outcome?.directory ?? "";
    expect(runRecord(directory)).toMatchObject({
      status: "completed",
      failedJobs: 0,
      capacityCores: 2,
      provenance: { schedulerVersion: "24.11.5", bodies: ["sleep"] },
    });
    const nodes = JSON.parse(fs.readFileSync(path.join(directory, runFiles.nodes), "utf8"));
    const measured = nodeRecordsSchema.parse(nodes);
    expect(measured).toHaveLength(2);
    for (const node of measured) expect(node.clockOffsetAfterMs).toEqual(expect.any(Number));
    const host = lines(directory, runFiles.host).map((line) => hostSampleRecordSchema.parse(line));
    expect(host.length).toBeGreaterThan(1);
    const samples = lines(directory, runFiles.samples).map((line) =>
      sampleRecordSchema.parse(line),
    );
    expect(samples.map((sample) => sample.node).sort()).toEqual(["controller", "node01"]);
    const records = lastRecords(directory);
    expect(records).toHaveLength(6);
    for (const record of records) {
      expect(record).toMatchObject({ state: "completed", exitCode: 0, nodes: ["node01"] });
      expect(record.start?.source).toBe("wrapper");
      expect(record.end?.source).toBe("wrapper");
    }
    const events = lines(directory, runFiles.events).map((line) => eventRecordSchema.parse(line));
    const seen = events.filter(({ job }) => job === 1).map((e) => `${e.source} ${e.event}`);
    expect(seen.sort()).toEqual([
      "harness accept",
      "harness due",
      "harness submit",
      "scheduler eligible",
      "scheduler end",
      "scheduler start",
      "scheduler submit",
      "wrapper end",
      "wrapper start",
    ]);
  });

  test("counts no warm-up job among its jobs", async () => {
    const [outcome] = await run(fakeHandle(2), new FakeSlurm());
    const events = lines(outcome?.directory ?? "", runFiles.events) as { job: number }[];
    expect(new Set(events.map(({ job }) => job))).toEqual(new Set([1, 2]));
  });

  test("is repeated as often as the spec says, each time into a directory of its own", async () => {
    const outcomes = await run(fakeHandle(1, { repeat: 3 }), new FakeSlurm());
    expect(outcomes.map(({ directory }) => runRecord(directory).repeat)).toEqual([1, 2, 3]);
  });

  test("is recorded as the campaign's run that the handle says it is", async () => {
    const campaign = { name: "study", repeat: 4, position: 17 };
    const [outcome] = await run({ ...fakeHandle(1), campaign }, new FakeSlurm());
    expect(runRecord(outcome?.directory ?? "")).toMatchObject({
      repeat: 4,
      campaign: { name: "study", position: 17 },
    });
    const [alone] = await run(fakeHandle(1), new FakeSlurm());
    expect(runRecord(alone?.directory ?? "")).toMatchObject({ repeat: 1, campaign: null });
  });

  test("hands each run over before the next one begins", async () => {
    const seen: string[] = [];
    await runExperiment(fakeHandle(1, { repeat: 2 }), {
      report: () => {},
      progress: silent,
      log: { level: "fatal" },
      signal: new AbortController().signal,
      runsDir,
      connect: () => {
        seen.push("connect");
        return new FakeSlurm().executor;
      },
      onRunEnd: async ({ directory, status }) => {
        expect(runRecord(directory).status).toBe(status);
        seen.push(status);
      },
    });
    expect(seen).toEqual(["connect", "completed", "completed"]);
  });

  test("keeps the result of a benchmark job, and counts one that does not pass as failed", async () => {
    const samples = path.join(__dirname, "..", "..", "workloads", "hpl", "samples");
    // What hpcc printed for the matrix that is planned here.
    const workload = { kind: "hpl", jobs: 1, seconds: 7 };
    const handle = { ...fakeHandle(1), spec: parseSpec({ workload }) };
    const results = async (sample: string) => {
      const slurm = new FakeSlurm();
      const stdout = fs.readFileSync(path.join(samples, sample), "utf8");
      slurm.executor.when(/\/out\/1\.result/, { stdout });
      const [outcome] = await run(handle, slurm);
      const directory = outcome?.directory ?? "";
      const [record] = lines(directory, runFiles.benchmarks);
      return { ...outcome, record, job: lastRecords(directory)[0] };
    };
    const passed = await results("passed.txt");
    expect(passed).toMatchObject({ failedJobs: 0, job: { state: "completed" } });
    expect(benchmarkRecordSchema.parse(passed.record)).toMatchObject({
      n: 320,
      gflops: 3.723,
      passed: true,
      efficiencyReason: "no job of one rank in this run",
    });
    const reason = "HPL's scaled residual 0.0114172 is not below 16";
    const failed = await results("failed.txt");
    expect(failed).toMatchObject({
      status: "completed",
      failedJobs: 1,
      job: { state: "failed", detail: `COMPLETED: ${reason}` },
      record: { passed: false, reason, gflops: 3.751 },
    });
  });

  test("records failed jobs and refusals and completes all the same", async () => {
    const slurm = new FakeSlurm((job) =>
      job === 2
        ? { state: "FAILED", exit: "3:0" }
        : job === 3
          ? { ...completes, refusal: "sbatch: error: no such partition" }
          : completes,
    );
    const [outcome] = await run(fakeHandle(4), slurm);
    expect(outcome).toMatchObject({ status: "completed", failedJobs: 2 });
    const records = lastRecords(outcome?.directory ?? "");
    expect(records.find(({ job }) => job === 2)).toMatchObject({ state: "failed", exitCode: 3 });
    expect(records.find(({ job }) => job === 3)).toMatchObject({
      state: "rejected",
      detail: "sbatch: error: no such partition",
      schedulerJob: null,
    });
  });

  test("fails on a failed job where the spec says so, naming it, its code and its output", async () => {
    const slurm = new FakeSlurm((job) =>
      job === 2 ? { state: "FAILED", exit: "3:0" } : completes,
    );
    const [outcome] = await run(fakeHandle(3, { onJobFailure: "fail" }), slurm);
    expect(outcome?.status).toBe("failed");
    expect(outcome?.reason).toBe(
      "1 of 3 jobs did not complete: job 2 failed with exit code 3 on node01: its last words",
    );
    expect(runRecord(outcome?.directory ?? "").status).toBe("failed");
  });

  test("that is interrupted cancels its jobs, keeps what is known and is not repeated", async () => {
    const slurm = new FakeSlurm((job) => (job === 2 ? null : completes));
    const abort = new AbortController();
    const going = run(fakeHandle(3, { repeat: 2 }), slurm, abort.signal);
    await expect
      .poll(() => slurm.queue.size === 1 && fs.readdirSync(runsDir).length === 1, {
        timeout: 5_000,
      })
      .toBe(true);
    abort.abort(new Error("interrupted by SIGINT"));
    const outcomes = await going;
    expect(outcomes).toHaveLength(1);
    expect(outcomes[0]).toMatchObject({ status: "interrupted", reason: "interrupted by SIGINT" });
    expect(slurm.cancelled).toHaveLength(1);
    const states = lastRecords(outcomes[0]?.directory ?? "").map(({ state }) => state);
    expect(states.filter((state) => state === "cancelled").length).toBeGreaterThan(0);
    expect(states).not.toContain("submitted");
  });
});

describe("a run in a closed loop", () => {
  /** Two users' jobs, of which the second of the first user follows the first by 2 s of the log. */
  const closed = () => {
    const text = [
      "; MaxProcs: 2",
      "1 0 0 1 1 -1 -1 1 1 -1 1 1 -1 -1 -1 -1 -1 -1",
      "2 1 0 1 1 -1 -1 1 1 -1 1 2 -1 -1 -1 -1 -1 -1",
      "3 3 0 1 1 -1 -1 1 1 -1 1 1 -1 -1 -1 -1 -1 -1",
    ];
    const file = logFile(text.join("\n"));
    const workload = { kind: "trace", file, jobs: "all", timeFactor: 0.1, feedback: "sessions" };
    return { ...fakeHandle(1), spec: parseSpec({ workload }) };
  };

  test("submits a job a think time after the end of the one that it follows", async () => {
    const [outcome] = await run(closed(), new FakeSlurm());
    expect(outcome).toMatchObject({ status: "completed", failedJobs: 0, harnessLimited: false });
    const [first, , third] = lastRecords(outcome?.directory ?? "");
    expect(third?.planned.previous).toEqual({ job: 1, thinkSeconds: 0.2 });
    // Jobs of this cluster take no time.
    expect((third?.dueAt ?? 0) - (first?.end?.at ?? 0)).toBeCloseTo(200, 0);
    expect((third?.submitStartedAt ?? 0) - (third?.dueAt ?? 0)).toBeLessThan(100);
    const planned = lines(outcome?.directory ?? "", runFiles.jobs) as { job: number }[];
    expect(planned.find(({ job }) => job === 3)).toMatchObject({ state: "planned", dueAt: null });
  });

  test("ends in order when it is stopped while a job waits for another", async () => {
    const slurm = new FakeSlurm((job) => (job === 1 ? null : completes));
    const abort = new AbortController();
    const going = run(closed(), slurm, abort.signal);
    await expect.poll(() => slurm.log.length, { timeout: 5_000 }).toBe(2);
    abort.abort(new Error("interrupted by SIGINT"));
    const [outcome] = await going;
    expect(outcome).toMatchObject({ status: "interrupted", reason: "interrupted by SIGINT" });
    const third = lastRecords(outcome?.directory ?? "").find(({ job }) => job === 3);
    expect(third).toMatchObject({
      state: "cancelled",
      dueAt: null,
      detail: "the run ended before it was due",
    });
  });
});

describe("a run that must not start leaves no run directory:", () => {
  const nothing = () => expect(fs.readdirSync(runsDir)).toEqual([]);

  test("somebody else's jobs are in the queue", async () => {
    const slurm = new FakeSlurm();
    slurm.queue.set("7", "7|alice|RUNNING|her-job");
    await expect(run(fakeHandle(1), slurm)).rejects.toThrow(
      "the cluster is not idle: 1 jobs that no run of schedlab submitted (7 of alice)",
    );
    expect(slurm.cancelled).toEqual([]);
    nothing();
  });

  test("a node's clock is off", async () => {
    const slurm = new FakeSlurm(() => completes, { clockOffsetMs: 400 });
    await expect(run(fakeHandle(1), slurm)).rejects.toThrow(/clocks are off: controller by \d+ ms/);
    nothing();
  });

  test("a node is down in Slurm's eyes", async () => {
    const slurm = new FakeSlurm();
    slurm.executor.when(/sinfo/, { stdout: "+0000\nlog\nslurm-wlm 24.11.5\nnode01|down*\n" });
    await expect(run(fakeHandle(1), slurm)).rejects.toThrow("node01 is down*");
    nothing();
  });

  test("a node cannot be reached", async () => {
    const slurm = new FakeSlurm();
    slurm.executor.down.add("node01");
    await expect(run(fakeHandle(1), slurm)).rejects.toThrow("node01: place the job wrapper");
    nothing();
  });
});

test("jobs that a former run left are cancelled first", async () => {
  const slurm = new FakeSlurm();
  slurm.queue.set("7", "7|user01|PENDING|schedlab-20261121T233000Z-k3f9qa-4");
  const [outcome] = await run(fakeHandle(1), slurm);
  expect(slurm.cancelled).toEqual(["7"]);
  expect(outcome?.status).toBe("completed");
});

test("a cluster that another harness uses is left alone, whatever directories that one works in", async () => {
  const slurm = new FakeSlurm();
  const { pid, ...owner } = thisOwner();
  const holder = {
    ...owner,
    pid,
    hostname: "elsewhere",
    user: "alice",
    experiment: "test",
    run: "20261121T233000Z-k3f9qa",
    runsDir: "/home/alice/runs",
    since: "2026-11-21T23:30:00.000Z",
  };
  slurm.lockAnswer = `busy 0123 ${JSON.stringify(holder)}`;
  slurm.queue.set("7", "7|user01|PENDING|schedlab-20261121T233000Z-k3f9qa-4");
  await expect(run(fakeHandle(1), slurm)).rejects.toThrow(
    `cluster schedlab-test is in use by run 20261121T233000Z-k3f9qa of test, process ${pid} of user alice on host elsewhere`,
  );
  expect(slurm.cancelled).toEqual([]);
  expect(slurm.executor.calls).toEqual([]);
  expect(fs.readdirSync(runsDir)).toEqual([]);
});

test("all repeats are run under one lock, which names the run that is going", async () => {
  const slurm = new FakeSlurm();
  const outcomes = await run(fakeHandle(1, { repeat: 2 }), slurm);
  expect(
    slurm.lockWrites.map((text) => (text === "release\n" ? text : JSON.parse(text).run)),
  ).toEqual([...outcomes.map(({ runId }) => runId), "release\n"]);
});

test("a run whose lock another harness took ends as failed and says so", async () => {
  const slurm = new FakeSlurm((job) => (job === 2 ? null : completes));
  const going = run(fakeHandle(3, { repeat: 2 }), slurm);
  await expect.poll(() => slurm.queue.size === 1, { timeout: 5_000 }).toBe(true);
  slurm.lockAnswer = "busy 0123 {}";
  slurm.loseLock();
  const outcomes = await going;
  expect(outcomes).toHaveLength(1);
  expect(outcomes[0]).toMatchObject({
    status: "failed",
    reason: expect.stringContaining("the cluster's lock was lost: cluster schedlab-test is in use"),
  });
  expect(slurm.cancelled).toHaveLength(1);
});
