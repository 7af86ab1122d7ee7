import { type BenchmarkJob, benchmarkJobs } from "../data/benchmarks";
import type { Configuration } from "../data/configuration";
import { html, type Markup } from "../html";
import { benchmarkPlot } from "../plots/benchmarks";
import { legend, named } from "../plots/look";
import { type Cell, figure, grid, missing, numberCell, table } from "../table";

const maxRows = 200;

const names: Readonly<Record<string, string>> = { hpl: "HPL", hpcg: "HPCG" };
const nameOf = (program: string) => names[program] ?? program;

/** Null where no run has a benchmark job. */
export function benchmarkSection(configurations: readonly Configuration[]): Markup | null {
  const jobs = benchmarkJobs(configurations);
  if (jobs.length === 0) return null;
  const programs = [...new Set(jobs.map(({ program }) => program))];
  const shown = configurations.filter((entry) =>
    jobs.some(({ configuration }) => configuration === entry),
  );
  const drawings = programs.map((program) => drawing(program, jobs));
  return html`<section id="benchmarks"><h2>Benchmarks</h2>
<p>MPI programs that ran as jobs, each with the check of its own result. Efficiency is Gflop/s over ranks times the Gflop/s of one rank of the same run; each job's problem is planned for its own ranks, so this is scaled speedup over ranks. On cores that share a host's, the rates compare runs with each other, not machines.</p>
${figure(
  [legend(shown), grid(drawings)],
  "Rate of each job by its ranks, as the program counts it. Hollow: the result did not pass.",
)}
${table({
  caption: "Benchmark jobs",
  columns: [
    { head: "configuration" },
    { head: "program" },
    { head: "ranks", numeric: true },
    { head: "n", numeric: true },
    { head: "nb", numeric: true },
    { head: "p\u202f×\u202fq" },
    { head: "timed part", unit: "s", numeric: true },
    { head: "Gflop/s", numeric: true },
    { head: "efficiency", numeric: true },
    { head: "scaled residual", numeric: true },
    { head: "passed" },
    { head: "run" },
    { head: "job", numeric: true },
  ],
  rows: jobs.slice(0, maxRows).map(row),
  notes: [
    "n is the order of HPL's matrix, or the side of HPCG's local grid; HPCG has no nb and p × q",
    ...reasons(jobs),
    ...(jobs.length > maxRows ? [`${jobs.length - maxRows} further jobs are left out`] : []),
  ],
})}</section>`;
}

function drawing(program: string, jobs: readonly BenchmarkJob[]): Markup {
  const own = jobs.filter((job) => job.program === program);
  const title = html`<h3>${nameOf(program)}</h3>`;
  return own.every(({ gflops }) => gflops === null)
    ? html`${title}${missing("Gflop/s by ranks", "no job has a known rate")}`
    : html`${title}${benchmarkPlot(nameOf(program), own)}`;
}

function row(job: BenchmarkJob): Cell[] {
  return [
    { text: named(job.configuration), value: job.configuration.label },
    { text: nameOf(job.program) },
    numberCell(job.ranks, 0),
    numberCell(job.n, 0),
    numberCell(job.nb, 0),
    job.p === null || job.q === null
      ? { text: "–" }
      : { text: html`<span class="nowrap">${job.p} × ${job.q}</span>` },
    numberCell(job.seconds, 2),
    numberCell(job.gflops, 3),
    numberCell(job.efficiency, 3),
    residualCell(job.residual),
    { text: job.passed ? "yes" : "no" },
    { text: html`<span class="nowrap">${job.run}</span>`, value: job.run },
    numberCell(job.job, 0),
  ];
}

/** From 1e-10 up to the threshold of 16. */
function residualCell(residual: number | null): Cell {
  if (residual === null) return numberCell(null, 0);
  const text = String(Number(residual.toPrecision(3))).replace("e-", "e−");
  return { text, value: residual };
}

/** Each reason once, with the jobs to which it applies. */
function reasons(jobs: readonly BenchmarkJob[]): string[] {
  const found = new Map<string, string[]>();
  const note = (text: string, { run, job }: BenchmarkJob) =>
    found.set(text, [...(found.get(text) ?? []), `${run} job ${job}`]);
  for (const job of jobs) {
    if (!job.passed) note(`did not pass: ${job.reason ?? "no reason recorded"}`, job);
    if (job.efficiency === null) {
      note(`efficiency unknown: ${job.efficiencyReason ?? "no reason recorded"}`, job);
    }
  }
  return [...found].map(([text, which]) => `${text} (${which.join(", ")})`);
}
