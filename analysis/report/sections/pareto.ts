import { coverageText } from "../../statistics/sources";
import type { Configuration } from "../data/configuration";
import type { HypervolumeResult } from "../data/normalised";
import { type Comparison, compareObjectives } from "../data/objectives";
import { count, number } from "../format";
import { html, type Markup } from "../html";
import { legend, named } from "../plots/look";
import { paretoPlot } from "../plots/pareto";
import { figure, grid, list, missing, numberCell, table } from "../table";

const resampleNote = "Davison and Hinkley 1997, section 3.8";

export function paretoSection(configurations: readonly Configuration[]): Markup {
  const comparison = compareObjectives(configurations);
  const body =
    typeof comparison === "string"
      ? missing("Pareto front", comparison)
      : html`${plots(comparison, configurations)}${objectiveTable(comparison)}${variationTable(comparison)}${dominanceTable(comparison)}<p>${hypervolumeText(comparison.hypervolume)} ${coverageText(comparison.covers)}</p>${list(comparison.omissions)}`;
  return html`<section id="pareto"><h2>Pareto front</h2>
<p>Every objective is better where it is smaller: the best corner is at the bottom left.</p>
${body}</section>`;
}

function plots(comparison: Comparison, configurations: readonly Configuration[]): Markup {
  const { axes, points, resamples, confidence, jobLists, covers } = comparison;
  if (axes.length < 2) return missing("Pareto plots", "fewer than two objectives are known");
  if (points.length < 2) return missing("Pareto plots", "there is one configuration only");
  const drawings = axes.flatMap((_, first) =>
    axes.slice(first + 1).map((_, offset) => paretoPlot(comparison, first, first + 1 + offset)),
  );
  const single = points.filter(({ intervals }) => intervals === null);
  const variation =
    single.length === points.length
      ? "With one run each, variation is unknown."
      : `Filled symbols are means, small hollow ones the runs, bars the ${number(confidence * 100)} % bootstrap intervals of the means (${number(resamples)} resamples of ${count(jobLists, "job list")} and of the repeats of each; ${resampleNote}). ${coverageText(covers)}${single.length > 0 ? " Where there is one run, variation is unknown." : ""}`;
  return figure(
    [legend(configurations), grid(drawings)],
    `Pairs of objectives. The line is the front of the two objectives of a plot. A ring marks the configurations that none dominates over all ${axes.length}. ${variation}`,
  );
}

function objectiveTable({ axes, points }: Comparison): Markup {
  return table({
    caption: "Objectives and front",
    columns: [
      { head: "configuration" },
      ...axes.map(({ name, label }) => ({ head: `${name}: ${label}`, numeric: true })),
      { head: "on the front" },
      { head: "on the front in resamples", unit: "%", numeric: true },
    ],
    rows: points.map(({ configuration, mean, intervals, onFront, onFrontPercent }) => [
      { text: named(configuration), value: configuration.label },
      ...axes.map(({ digits }, axis) => {
        const value = mean[axis] ?? Number.NaN;
        const range = intervals?.[axis];
        const interval =
          range === undefined
            ? ""
            : html` <span class="range">[${number(range.low, digits)}, ${number(range.high, digits)}]</span>`;
        return { text: html`${number(value, digits)}${interval}`, value };
      }),
      { text: onFront ? "yes" : "no" },
      numberCell(onFrontPercent, 1),
    ]),
  });
}

/** Standard deviations by source, where any is known. */
function variationTable({ axes, points, jobLists }: Comparison): Markup | "" {
  const known = points.some(({ variance }) =>
    variance.some(({ betweenRepeats }) => betweenRepeats !== null),
  );
  if (!known) return "";
  const deviation = (of: number | null | undefined, digits: number) =>
    numberCell(of === null || of === undefined ? null : Math.sqrt(of), digits + 1);
  return table({
    caption: `Where the objectives vary: standard deviations over ${count(jobLists, "job list")}`,
    columns: [
      { head: "configuration" },
      ...axes.flatMap(({ label }) => [
        { head: `${label}, between repeats`, numeric: true },
        { head: `${label}, between job lists`, numeric: true },
      ]),
    ],
    rows: points.map(({ configuration, variance }) => [
      { text: named(configuration), value: configuration.label },
      ...axes.flatMap(({ digits }, axis) => [
        deviation(variance[axis]?.betweenRepeats, digits),
        deviation(variance[axis]?.betweenJobLists, digits),
      ]),
    ]),
    notes: [
      ...new Set(
        points.flatMap(({ configuration, variance }) =>
          (variance[0]?.reasons ?? []).map((reason) => `${configuration.label}: ${reason}`),
        ),
      ),
    ],
  });
}

function dominanceTable({ dominance, points, axes }: Comparison): Markup | "" {
  if (points.length < 2) return "";
  return table({
    caption: `Dominance over all ${axes.length} objectives`,
    columns: [
      { head: "configuration" },
      { head: "dominates" },
      { head: "in resamples", unit: "%", numeric: true },
    ],
    rows: dominance.map(({ a, b, percent }) => [{ text: a }, { text: b }, numberCell(percent, 1)]),
    notes: dominance.some(({ percent }) => percent === null)
      ? ["– : one of the two has a single run, so that its variation is unknown"]
      : [],
  });
}

function hypervolumeText(hypervolume: HypervolumeResult | string): string {
  if (typeof hypervolume === "string") return `Hypervolume: unknown. ${hypervolume}.`;
  const { mean, interval, objectives } = hypervolume;
  const range =
    interval === null
      ? ""
      : `, 95 % bootstrap interval ${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`;
  return `Hypervolume of the front: ${mean.toFixed(4)}${range}, over ${count(objectives.length, "normalised objective")} (${objectives.join(", ")}), reference point (${objectives.map(() => "1").join(", ")}); 1 would be ideal.`;
}
