import * as Plot from "@observablehq/plot";
import type { BenchmarkJob } from "../data/benchmarks";
import { count, number } from "../format";
import type { Markup } from "../html";
import { smallDrawing } from "./drawing";
import { lookOf } from "./look";

interface Entry {
  readonly ranks: string;
  readonly gflops: number;
  readonly job: BenchmarkJob;
}

/** Rate of each job of one program by its ranks; hollow where the result did not pass. */
export function benchmarkPlot(program: string, jobs: readonly BenchmarkJob[]): Markup {
  const entries = jobs.flatMap((job): Entry[] =>
    job.gflops === null ? [] : [{ ranks: String(job.ranks), gflops: job.gflops, job }],
  );
  const ranks = [...new Set(entries.map(({ job }) => job.ranks))].sort((a, b) => a - b);
  const label = `Gflop/s of ${count(entries.length, "job")} of ${program} by ranks`;
  const configurations = [...new Set(entries.map(({ job }) => job.configuration))];
  return smallDrawing(label, () => ({
    height: 260,
    marginRight: 24,
    x: { type: "point", label: "ranks", domain: ranks.map(String), padding: 0.6 },
    y: { label: "Gflop/s", domain: [0, greatest(entries)], nice: true, ticks: 5, grid: true },
    marks: [
      Plot.ruleY([0], { stroke: "var(--muted)" }),
      ...configurations.map((configuration, index) => {
        const { colour, symbol } = lookOf(configuration);
        const own = entries.filter(({ job }) => job.configuration === configuration);
        return Plot.dot(own, {
          x: "ranks",
          y: "gflops",
          dx: configurations.length === 1 ? 0 : 14 * (index - (configurations.length - 1) / 2),
          symbol,
          r: 5,
          stroke: colour,
          strokeWidth: 2,
          fill: ({ job }: Entry) => (job.passed ? colour : "none"),
          title: ({ job, gflops }: Entry) =>
            [
              `${job.configuration.label}, job ${job.job}`,
              `${number(gflops, 3)} Gflop/s on ${count(job.ranks, "rank")}`,
              ...(job.passed ? [] : [`did not pass: ${job.reason ?? "no reason recorded"}`]),
            ].join("\n"),
        });
      }),
    ],
  }));
}

function greatest(entries: readonly Entry[]): number {
  return entries.reduce((most, { gflops }) => Math.max(most, gflops), 0) || 1;
}
