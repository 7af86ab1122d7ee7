import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeExecutor } from "../../../experiments/remote/fake";
import { collectBenchmarks, withEfficiency } from "../../../experiments/run/benchmarks";
import { jobBody } from "../../../experiments/run/body";
import { placePrograms, programPlaces } from "../../../experiments/run/programs";
import type { JobRecord } from "../../../store/record";
import type { Task } from "../../../workloads/task";
import { benchmarkRecord, jobRecord } from "../../store/run-fixture";
import { fakeHandle } from "./fake-slurm";

const sample = fs.readFileSync(
  path.join(__dirname, "..", "..", "workloads", "hpl", "samples", "passed.txt"),
  "utf8",
);
const hpl: Task = { kind: "hpl", n: 320, nb: 64, p: 1, q: 2, threshold: 16, expectedSeconds: 6 };

function ended(job: number, change: Partial<JobRecord> = {}): JobRecord {
  const record = jobRecord(job, "user01", 2, [0, 1, 2]);
  return { ...record, state: "completed", nodes: ["node02", "node01"], ...change };
}

test("a result is read on the first node of its job, other tasks have none", async () => {
  const executor = new FakeExecutor().when(/^cat /, { stdout: sample });
  const tasks = new Map<number, Task>([
    [1, { kind: "sleep" }],
    [2, hpl],
  ]);
  const records = await collectBenchmarks(tasks, [ended(1), ended(2)], executor, "/run");
  expect(executor.calls).toMatchObject([{ host: "node02", command: "cat /run/out/2.result" }]);
  expect(records).toMatchObject([
    { job: 2, program: "hpl", ranks: 2, n: 320, q: 2, gflops: 3.723, passed: true, reason: null },
  ]);
});

test("whatever is wrong with one job's result is said, and the others are read all the same", async () => {
  const executor = new FakeExecutor()
    .when(/^cat /, { stdout: sample })
    .when(/\/2\.result/, { code: 1 });
  executor.down.add("node03");
  const jobs = [
    ended(1, { state: "timeout" }),
    ended(2),
    ended(3, { nodes: ["node03"] }),
    ended(4),
    ended(5, { nodes: null }),
  ];
  const tasks = new Map(jobs.map(({ job }) => [job, hpl] as const));
  const records = await collectBenchmarks(tasks, jobs, executor, "/run");
  expect(records.map(({ reason }) => reason)).toEqual([
    "the job ended timeout",
    "the program left no result",
    expect.stringMatching(/^the result could not be read: node03: /),
    null,
    "the job ended completed",
  ]);
});

test("efficiency compares with the mean of the passed jobs of one rank and the same program", () => {
  const one = { ranks: 1, p: 1, q: 1 };
  const records = [
    benchmarkRecord(1, { ...one, gflops: 1 }),
    benchmarkRecord(2, { ...one, gflops: 3 }),
    benchmarkRecord(3, { ...one, gflops: 50, passed: false }),
    benchmarkRecord(4, { gflops: 4 }),
    benchmarkRecord(5, { gflops: 8 }),
    benchmarkRecord(6, { program: "hpcg", gflops: 8 }),
    benchmarkRecord(7, { gflops: null, passed: false }),
  ];
  const result = withEfficiency(records);
  expect(result.map(({ efficiency }) => efficiency)).toEqual([
    null,
    null,
    null,
    0.5,
    1,
    null,
    null,
  ]);
  expect(result.map(({ efficiencyReason }) => efficiencyReason)).toEqual([
    "one rank: the baseline itself",
    "one rank: the baseline itself",
    "the job did not pass",
    null,
    null,
    "no job of one rank in this run",
    "the job did not pass",
  ]);
  const failed = withEfficiency([
    benchmarkRecord(1, { ranks: 1, passed: false }),
    benchmarkRecord(2),
  ]);
  expect(failed[1]?.efficiencyReason).toBe("no job of one rank passed");
});

let source: string;
beforeEach(() => {
  source = fs.mkdtempSync(path.join(os.tmpdir(), "program-"));
});
afterEach(() => fs.rmSync(source, { recursive: true }));

test("each directory goes to every compute node once, whole, before its path is used", async () => {
  fs.copyFileSync("/bin/true", path.join(source, "xhpcg"));
  const plan = { nx: 16, ny: 16, nz: 16, seconds: 60 };
  const task: Task = {
    kind: "hpcg",
    program: { from: "directory", directory: source, hash: "0123" },
    ...plan,
  };
  const programs = programPlaces([task, hpl, task], "/run");
  expect([...programs]).toEqual([[source, "/run/program1"]]);
  const { nodes } = fakeHandle(1).cluster;
  const executor = new FakeExecutor();
  await placePrograms(executor, nodes, programs, () => {});
  expect(executor.calls.map(({ host }) => host)).toEqual(["node01"]);
  const target = fs.mkdtempSync(path.join(os.tmpdir(), "unpacked-"));
  const { execa } = await import("execa");
  await execa("sh", ["-c", executor.calls[0]?.command.replaceAll("/run/program1", target) ?? ""], {
    input: executor.calls[0]?.stdin ?? "",
  });
  expect(fs.readFileSync(path.join(target, "xhpcg"))).toEqual(fs.readFileSync("/bin/true"));
  expect(fs.statSync(path.join(target, "xhpcg")).mode & 0o555).toBe(0o555);
  fs.rmSync(target, { recursive: true });
  const job = ended(1).planned;
  expect(jobBody(task, job, programs)).toMatchObject({
    kind: "mpi",
    program: "/run/program1/xhpcg",
    files: { "hpcg.dat": expect.stringContaining("16 16 16\n60\n") },
    result: "HPCG-Benchmark_*.txt",
  });
});
