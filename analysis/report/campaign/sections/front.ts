import { coverageText } from "../../../statistics/sources";
import { count, number } from "../../format";
import { html, type Markup } from "../../html";
import { legend, named } from "../../plots/look";
import { paretoPlot } from "../../plots/pareto";
import { figure, grid, list, missing, numberCell, table } from "../../table";
import type { CampaignData } from "../data/campaign";
import type { ComparedWorkload } from "../data/compared";
import { objectiveWords } from "../data/objectives";
import { parallelPlot } from "../plots/parallel";
import { byWorkload } from "./by-workload";

/** With more runs than this in a drawing, the means alone are drawn. */
const mostRuns = 120;

/** The front in each pair of objectives, all objectives together, and their figures. */
export function frontSection(data: CampaignData): Markup {
  return html`<section id="front"><h2>Pareto front</h2>
<p>Every objective is in 0..1 by a fixed formula that depends on no other run, and better where it is smaller. Systems are compared on the same workload.</p>
${byWorkload(data, (workload) => html`${pairs(workload)}${parallel(workload)}${objectiveTable(workload)}${list(workload.omissions)}`)}</section>`;
}

function pairs({ label, known, systems, bootstrap }: ComparedWorkload): Markup {
  if (systems.length < 2) return missing("Pareto plots", `there is one system on ${label}`);
  if (known.length < 2) return missing("Pareto plots", "fewer than two objectives are known");
  const runs = systems.reduce((sum, { result }) => sum + result.runs, 0);
  const comparison = {
    axes: known.map((objective) => objectiveWords[objective]),
    points: systems.map(({ system, sample, front, result }) => ({
      configuration: system,
      mean: result.mean,
      repeats: runs > mostRuns ? [] : sample.flatMap(({ repeats }) => repeats),
      runs: result.runs,
      intervals: result.intervals,
      onFront: front,
    })),
  };
  const drawings = known.flatMap((_, first) =>
    known.slice(first + 1).map((_, offset) => paretoPlot(comparison, first, first + 1 + offset)),
  );
  const hollow = runs > mostRuns ? "" : ", small hollow ones the runs";
  const { confidence, resamples, jobLists, covers } = bootstrap;
  const once = systems.filter(({ result }) => result.intervals === null).length;
  const bars = `Bars are the ${number(100 * confidence)} % bootstrap intervals of the means (${number(resamples)} resamples of ${count(jobLists, "job list")} and of the repeats of each).`;
  const variation =
    once === systems.length
      ? "With one run each, variation is unknown."
      : `${bars} ${once > 0 ? "Where there is one run, variation is unknown." : coverageText(covers)}`;
  return figure(
    [legend(systems.map(({ system }) => system)), grid(drawings)],
    `Pairs of objectives on ${label}. Filled symbols are means${hollow}. The line is the front of the two objectives of a plot; a ring marks the systems that none dominates over all ${known.length}. ${variation}`,
  );
}

function parallel(workload: ComparedWorkload): Markup | "" {
  const { known, systems, label } = workload;
  if (systems.length < 2 || known.length < 2) return "";
  return figure(
    [legend(systems.map(({ system }) => system)), parallelPlot(workload)],
    `Parallel coordinates on ${label}: all ${known.length} objectives of each system, each axis from the least to the greatest value that is drawn. A lower line is better; lines that cross are systems of which neither is better in both. Bars are the intervals of the means.`,
  );
}

function objectiveTable({ label, known, systems, bootstrap }: ComparedWorkload): Markup {
  return table({
    caption: `Objectives on ${label}`,
    columns: [
      { head: "system" },
      { head: "runs", numeric: true },
      ...known.map((objective) => {
        const words = objectiveWords[objective];
        return { head: `${words.name}: ${words.label}`, numeric: true };
      }),
      { head: "on the front" },
      { head: "on the front in resamples", unit: "%", numeric: true },
    ],
    rows: systems.map(({ system, front, result }) => [
      { text: named(system), value: system.label },
      numberCell(result.runs, 0),
      ...known.map((objective, axis) => {
        const { digits } = objectiveWords[objective];
        const value = result.mean[axis] ?? Number.NaN;
        const range = result.intervals?.[axis];
        const interval =
          range === undefined
            ? ""
            : html` <span class="range">[${number(range.low, digits)}, ${number(range.high, digits)}]</span>`;
        return { text: html`${number(value, digits)}${interval}`, value };
      }),
      { text: front ? "yes" : "no" },
      numberCell(result.onFront, 1),
    ]),
    notes: bootstrap.reasons,
  });
}
