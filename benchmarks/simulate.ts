import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import type { SimJob } from "../analysis/simulate/job";
import { simulate } from "../analysis/simulate/simulation";
import { JobSelection } from "../analysis/simulate/trace";
import type { ModelWorkload } from "../workloads/models/job";
import { modelLog } from "../workloads/models/log";
import { lublinJobs } from "../workloads/models/lublin";
import { swfLines } from "../workloads/swf/write";

// EASY over one seeded log, beside simulate_baseline.py (plain lists, the queue scanned at every
// event), each without start-up and reading, in CPU time, so that a busy machine does not blur it. The
// first rounds, in which the code is compiled, are left out and the very first one is printed. The starts
// have to be equal. Usage: npx tsx benchmarks/simulate.ts
const procs = 128;
const count = 28_000;
const repeats = 5;
const warmUps = 5;
/** Work offered over capacity, made by scaling the gaps. The gain grows with the queue to scan. */
const loads = [
  { load: 0.7, goal: 20 },
  { load: 0.9, goal: 20 },
  { load: 1, goal: 20 },
] as const;

function loaded(load: number): ModelWorkload {
  const model = { type: "typeless", jobs: count, procs, seed: 1, users: 32 } as const;
  const { jobs, notes } = lublinJobs(model);
  const work = jobs.reduce((sum, { size, run }) => sum + size * run, 0);
  const factor = work / (load * procs * (jobs.at(-1)?.submit ?? 1));
  return { jobs: jobs.map((job) => ({ ...job, submit: Math.floor(job.submit * factor) })), notes };
}

async function compare(load: number, goal: number): Promise<void> {
  const { header, records } = modelLog(loaded(load), procs);
  const selection = new JobSelection(procs);
  for (const record of records) selection.add(record);

  const folder = await mkdtemp(path.join(tmpdir(), "schedlab-benchmark-"));
  try {
    const log = path.join(folder, "log.swf");
    await writeFile(log, [...swfLines(header, records)].join("\n"));
    const first = time(selection.jobs);
    if (load === loads[0].load)
      console.log(`the first simulation of a process: ${first.toFixed(3)} s`);
    for (let round = 0; round < warmUps; round += 1) time(selection.jobs);
    const ours: number[] = [];
    const theirs: number[] = [];
    // In turns, so that a change of the machine's load meets both.
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      ours.push(time(selection.jobs));
      theirs.push(await baseline(log, selection.jobs));
    }
    const ratio = median(theirs) / median(ours);
    console.log(
      `EASY, ${count} jobs, load ${load}, median of ${repeats}: ` +
        `${median(ours).toFixed(3)} s; plain Python lists ${median(theirs).toFixed(3)} s, ` +
        `${ratio.toFixed(1)} times as long`,
    );
    if (ratio < goal) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function time(jobs: readonly SimJob[]): number {
  const began = process.cpuUsage();
  simulate(jobs, { procs, policy: "easy" });
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
}

async function baseline(log: string, jobs: readonly SimJob[]): Promise<number> {
  const script = path.join(__dirname, "simulate_baseline.py");
  const { stdout } = await execa("python3", [script, log, String(procs)]);
  const { seconds, starts } = JSON.parse(stdout) as { seconds: number; starts: number[] };
  const expected = simulate(jobs, { procs, policy: "easy" }).starts;
  const wrong = starts.findIndex((start, index) => start !== expected[index]);
  if (wrong !== -1 || starts.length !== jobs.length) throw new Error(`job ${wrong} starts apart`);
  return seconds;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function main(): Promise<void> {
  for (const { load, goal } of loads) await compare(load, goal);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
