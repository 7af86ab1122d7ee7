import * as Plot from "@observablehq/plot";
import { quantile } from "../../statistics/quantile";
import type { Configuration } from "../data/configuration";
import { ecdf } from "../data/distribution";
import type { ReportJob } from "../data/run";
import { number } from "../format";
import type { Markup } from "../html";
import { smallDrawing } from "./drawing";
import { lookOf } from "./look";
import { logarithmicTicks } from "./ticks";

export interface Quantity {
  readonly name: string;
  readonly unit: string;
  readonly of: (job: ReportJob) => number | null;
  /** The axis is logarithmic from this value on, and linear below it. */
  readonly linearTo: number;
  readonly least: number;
}

/** More repeats than this would hide each other; then the pooled curve is drawn alone. */
export const maxRepeats = 5;

/** All repeats of a configuration pooled as a thick line, each of them as a thin one. */
export function ecdfPlot(quantity: Quantity, configurations: readonly Configuration[]): Markup {
  const values = configurations.map(({ runs }) => runs.map((run) => valuesOf(quantity, run.jobs)));
  const greatest = values
    .flat(2)
    .reduce((most, value) => Math.max(most, value), quantity.least + quantity.linearTo);
  const pooled = values.map((repeats) => repeats.flat().sort((a, b) => a - b));
  const medians = configurations.map(
    ({ label }, index) =>
      `${label} median ${number(quantile(pooled[index] ?? [], 0.5) ?? Number.NaN, 2)}`,
  );
  const x = (value: number) => Math.max(quantity.least, value);
  return smallDrawing(`distribution of ${quantity.name}: ${medians.join("; ")}`, () => ({
    height: 280,
    marginRight: 24,
    x: {
      label: `${quantity.name}${quantity.unit === "1" ? "" : ` (${quantity.unit})`}`,
      ...axis(quantity, greatest),
      grid: true,
    },
    y: { label: "share of jobs", domain: [0, 1], grid: true },
    marks: configurations.flatMap((configuration, index) => {
      const { colour, dash } = lookOf(configuration);
      const [repeats, all] = [values[index] ?? [], pooled[index] ?? []];
      const curve = (of: readonly number[]) =>
        [...ecdf(of), { value: greatest, share: 1 }].map(({ value, share }) => ({
          x: x(value),
          y: share,
        }));
      const line = { x: "x", y: "y", curve: "step-after", stroke: colour } as const;
      return [
        ...(repeats.length > 1 && repeats.length <= maxRepeats
          ? repeats
              .filter((of) => of.length > 0)
              .map((of) => Plot.line(curve(of), { ...line, strokeOpacity: 0.35, strokeWidth: 1 }))
          : []),
        ...(all.length === 0
          ? []
          : [
              Plot.line(curve(all), {
                ...line,
                strokeDasharray: dash,
                strokeWidth: 2.25,
              }),
            ]),
      ];
    }),
  }));
}

export function valuesOf({ of }: Quantity, jobs: readonly ReportJob[]): number[] {
  const values: number[] = [];
  for (const job of jobs) {
    const value = job.counted ? of(job) : null;
    if (value !== null) values.push(value);
  }
  return values;
}

/** Logarithmic ticks beside 0, or a linear axis where the values span little. */
function axis({ linearTo, least }: Quantity, greatest: number): Plot.ScaleOptions {
  if (greatest <= 20 * linearTo) return { domain: [least, greatest], nice: true, ticks: 5 };
  const ticks = logarithmicTicks(linearTo, greatest);
  return {
    ...(least > 0 ? { type: "log" as const } : { type: "symlog" as const, constant: linearTo }),
    domain: [least, greatest],
    ticks: [...(least < linearTo ? [least] : []), ...ticks],
    tickFormat: (tick: number) => number(tick),
  };
}
