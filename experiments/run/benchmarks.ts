import pLimit from "p-limit";
import { shellQuote } from "../../base/quote";
import type { BenchmarkRecord, JobRecord } from "../../store/record";
import { type BenchmarkResult, failedBenchmark } from "../../workloads/benchmark";
import { parseHpcg } from "../../workloads/hpcg/output";
import { parseHpl } from "../../workloads/hpl/output";
import type { Task } from "../../workloads/task";
import { type Executor, RemoteError } from "../remote/executor";
import { resultFile } from "../schedulers/wrapper";

type BenchmarkTask = Extract<Task, { kind: "hpl" | "hpcg" }>;

const FILES_AT_ONCE = 8;
const READ_MS = 30_000;

/** Exhaustive over the programs: how each output is read, and what the job was planned as. */
const programs: {
  readonly [Kind in BenchmarkTask["kind"]]: {
    readonly parse: (
      output: string,
      task: Extract<BenchmarkTask, { kind: Kind }>,
    ) => BenchmarkResult;
    readonly planned: (
      task: Extract<BenchmarkTask, { kind: Kind }>,
    ) => Pick<BenchmarkRecord, "n" | "nb" | "p" | "q">;
  };
} = {
  hpl: { parse: parseHpl, planned: ({ n, nb, p, q }) => ({ n, nb, p, q }) },
  // Its grid is local to a rank and a cube.
  hpcg: { parse: parseHpcg, planned: ({ nx }) => ({ n: nx, nb: null, p: null, q: null }) },
};

export function isBenchmark(task: Task): task is BenchmarkTask {
  return task.kind in programs;
}

/**
 * The results of all benchmark jobs, each read on its job's first node. A job that did not complete,
 * whose output is not there or does not pass, gives a record that says why. Never throws for one job.
 */
export async function collectBenchmarks(
  tasks: ReadonlyMap<number, Task>,
  jobs: readonly JobRecord[],
  executor: Executor,
  directory: string,
): Promise<BenchmarkRecord[]> {
  const limit = pLimit(FILES_AT_ONCE);
  const records = await Promise.all(
    jobs.flatMap((job) => {
      const task = tasks.get(job.job);
      if (task === undefined || !isBenchmark(task)) return [];
      return [
        limit(async () => recordOf(job, task, await resultOf(job, task, executor, directory))),
      ];
    }),
  );
  return withEfficiency(records);
}

async function resultOf(
  { job, state, nodes }: JobRecord,
  task: BenchmarkTask,
  executor: Executor,
  directory: string,
): Promise<BenchmarkResult> {
  const node = nodes?.[0];
  if (state !== "completed" || node === undefined) return failedBenchmark(`the job ended ${state}`);
  try {
    const { code, stdout } = await executor.run(
      node,
      `cat ${shellQuote(resultFile(directory, job))}`,
      { step: "read a benchmark's result", deadlineMs: READ_MS },
    );
    if (code !== 0) return failedBenchmark("the program left no result");
    const parse = programs[task.kind].parse as (
      output: string,
      task: BenchmarkTask,
    ) => BenchmarkResult;
    return parse(stdout, task);
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    return failedBenchmark(`the result could not be read: ${error.message}`);
  }
}

function recordOf(
  { job, planned }: JobRecord,
  task: BenchmarkTask,
  result: BenchmarkResult,
): BenchmarkRecord {
  const parameters = programs[task.kind].planned as (
    task: BenchmarkTask,
  ) => Pick<BenchmarkRecord, "n" | "nb" | "p" | "q">;
  return {
    job,
    program: task.kind,
    ranks: planned.cores,
    ...parameters(task),
    ...result,
    efficiency: null,
    efficiencyReason: null,
  };
}

/**
 * Parallel efficiency: Gflop/s / (ranks x Gflop/s of one rank), where one rank is the mean of the
 * run's jobs of one rank with the same program that passed. The problem grows with the ranks, so it
 * is that of a scaled speedup (Gustafson, CACM 31(5), 1988) over ranks.
 */
export function withEfficiency(records: readonly BenchmarkRecord[]): BenchmarkRecord[] {
  const valid = ({ passed, gflops }: BenchmarkRecord) => passed && gflops !== null && gflops > 0;
  return records.map((record) => {
    const unknown = (efficiencyReason: string) => ({
      ...record,
      efficiency: null,
      efficiencyReason,
    });
    if (!valid(record) || record.gflops === null) return unknown("the job did not pass");
    if (record.ranks === 1) return unknown("one rank: the baseline itself");
    const ones = records.filter(({ program, ranks }) => program === record.program && ranks === 1);
    if (ones.length === 0) return unknown("no job of one rank in this run");
    const rates = ones.filter(valid).flatMap(({ gflops }) => gflops ?? []);
    if (rates.length === 0) return unknown("no job of one rank passed");
    const one = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    return { ...record, efficiency: record.gflops / (record.ranks * one), efficiencyReason: null };
  });
}
