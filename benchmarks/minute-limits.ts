import { simulate } from "../analysis/simulate/simulation";
import { bundledLog } from "../workloads/bundled";

/**
 * What time limits in whole minutes cost backfilling, and what exact ends of the running jobs give back:
 * the bundled trace of 80 jobs with the seeds 1 to 20 on 4 cores, at several time factors, under FCFS
 * and under EASY with the limits as asked, in minutes, and in minutes for waiting jobs alone. Prints
 * mean waits over the time factor, and the share of EASY's advantage over FCFS that is left.
 * Usage: npx tsx benchmarks/minute-limits.ts
 */
const procs = 4;
const jobCount = 80;
const seeds = 20;
const timeFactors = [1, 2, 4, 8, 16, 32];

interface Job {
  readonly job: number;
  readonly submit: number;
  readonly size: number;
  readonly run: number;
  readonly limit: number;
}

function trace(seed: number, factor: number): Job[] {
  const lines = bundledLog(jobCount, seed).bytes.toString("utf8").trim().split("\n");
  return lines.flatMap((line) => {
    if (line.startsWith(";")) return [];
    const [job = 0, submit = 0, , run = 0, , , , size = 0, limit = 0] = line
      .trim()
      .split(/\s+/)
      .map(Number);
    return [{ job, submit: submit * factor, size, run: run * factor, limit: limit * factor }];
  });
}

function asked({ limit }: Job): number {
  return limit;
}

function wholeMinutes({ limit }: Job): number {
  return Math.ceil(limit / 60) * 60;
}

type Estimate = (job: Job) => number;

/** Mean wait under EASY where a job may have another estimate once it runs. Plain, for small logs. */
function easyWait(jobs: readonly Job[], whileWaiting: Estimate, whileRunning: Estimate): number {
  const arrivals = [...jobs];
  const waiting: Job[] = [];
  let running: { readonly job: Job; readonly end: number; readonly expected: number }[] = [];
  let waited = 0;
  for (;;) {
    const ends = running.map(({ end }) => end);
    const now = Math.min(arrivals[0]?.submit ?? Number.POSITIVE_INFINITY, ...ends);
    if (now === Number.POSITIVE_INFINITY) return waited / jobs.length;
    running = running.filter(({ end }) => end > now);
    while (arrivals[0] !== undefined && arrivals[0].submit <= now) {
      waiting.push(...arrivals.splice(0, 1));
    }
    let free = procs - running.reduce((sum, { job }) => sum + job.size, 0);
    const begin = (job: Job) => {
      waiting.splice(waiting.indexOf(job), 1);
      running.push({ job, end: now + job.run, expected: now + whileRunning(job) });
      free -= job.size;
      waited += now - job.submit;
    };
    while (waiting[0] !== undefined && waiting[0].size <= free) begin(waiting[0]);
    const head = waiting[0];
    if (head === undefined) continue;
    const byEnd = running.toSorted((a, b) => a.expected - b.expected);
    let then = free;
    let shadow = now;
    for (const { job, expected } of byEnd) {
      if (then >= head.size && expected > shadow) break;
      then += job.size;
      shadow = expected;
    }
    let spare = then - head.size;
    for (const job of waiting.slice(1)) {
      const over = now + whileWaiting(job) > shadow;
      if (job.size > free || (over && job.size > spare)) continue;
      if (over) spare -= job.size;
      begin(job);
    }
  }
}

function simulatedWait(jobs: readonly Job[], policy: "fcfs" | "easy", estimate: Estimate): number {
  const { starts } = simulate(
    jobs.map((job) => ({ ...job, estimate: estimate(job) })),
    { procs, policy },
  );
  const waits = jobs.map(({ submit }, index) => (starts[index] ?? Number.NaN) - submit);
  return waits.reduce((sum, wait) => sum + wait, 0) / jobs.length;
}

function mean(factor: number, wait: (jobs: readonly Job[]) => number): number {
  let sum = 0;
  for (let seed = 1; seed <= seeds; seed += 1) sum += wait(trace(seed, factor)) / factor;
  return sum / seeds;
}

for (const factor of timeFactors) {
  const fcfs = mean(factor, (jobs) => simulatedWait(jobs, "fcfs", asked));
  const exact = mean(factor, (jobs) => simulatedWait(jobs, "easy", asked));
  const minutes = mean(factor, (jobs) => simulatedWait(jobs, "easy", wholeMinutes));
  const plain = mean(factor, (jobs) => easyWait(jobs, wholeMinutes, wholeMinutes));
  if (Math.abs(plain - minutes) > 1e-9) throw new Error(`EASY differs: ${plain} and ${minutes}`);
  const endsExact = mean(factor, (jobs) => easyWait(jobs, wholeMinutes, asked));
  const left = (wait: number) => `${Math.round((100 * (fcfs - wait)) / (fcfs - exact))} %`;
  console.log(
    `time factor ${factor}: FCFS ${fcfs.toFixed(2)}, EASY ${exact.toFixed(2)}, ` +
      `in minutes ${minutes.toFixed(2)} (${left(minutes)} left), ` +
      `with exact ends of running jobs ${endsExact.toFixed(2)} (${left(endsExact)} left)`,
  );
}
