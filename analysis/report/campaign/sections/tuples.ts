import { type Objective, objectives } from "../../../pareto/objectives";
import { count, number } from "../../format";
import { html, type Markup } from "../../html";
import { named } from "../../plots/look";
import { type Cell, numberCell, table } from "../../table";
import { type CampaignData, progressOf, tuplePath } from "../data/campaign";
import type { MeasuredTuple, System } from "../data/groups";
import { meanFigure } from "../data/measured";
import { objectiveWords } from "../data/objectives";
import type { StoredTuple } from "../data/stored";

/** More rows than this are no longer read; every tuple still has its page. */
const maxRows = 500;

const figures = [
  { metric: "makespan", head: "makespan", unit: "s", digits: 1 },
  { metric: "mean_wait", head: "mean wait", unit: "s", digits: 2 },
  { metric: "mean_bounded_slowdown", head: "mean bounded slowdown", digits: 2 },
] as const;

/** Every tuple of the plan, with the means of its compared runs and a link to its page. */
export function tuplesSection(data: CampaignData): Markup {
  const { campaign, groups } = data;
  const measured = new Map(data.tuples.map((entry) => [entry.tuple.hash, entry]));
  const systems = new Map(
    groups.workloads.flatMap(({ cells }) =>
      cells.flatMap(({ system, tuples }) =>
        tuples.map(({ tuple }) => [tuple.hash, system] as const),
      ),
    ),
  );
  const shown = campaign.tuples.slice(0, maxRows);
  return html`<section id="tuples"><h2>Tuples</h2>
<p>A tuple is one combination of the campaign's axes. ${data.pages ? "Each has a page of its own, with its runs job by job." : "Their pages were not written: name a directory with --out for them."} Objectives are means over the compared repeats; less is better.</p>
${table({
  caption: "Every tuple of the plan",
  columns: [
    { head: "tuple" },
    { head: "system" },
    { head: "compared of planned", numeric: true },
    ...objectives.map((objective) => ({ head: objectiveWords[objective].name, numeric: true })),
    ...figures.map(({ head, ...rest }) => ({
      head,
      numeric: true,
      ...("unit" in rest ? { unit: rest.unit } : {}),
    })),
  ],
  rows: shown.map((tuple) =>
    row(tuple, measured.get(tuple.hash), systems.get(tuple.hash), data.pages),
  ),
  notes: [
    ...(campaign.tuples.length > maxRows
      ? [`${count(campaign.tuples.length - maxRows, "further tuple")} not listed`]
      : []),
    ...unknown(data.tuples),
  ],
})}</section>`;
}

function row(
  tuple: StoredTuple,
  measured: MeasuredTuple | undefined,
  system: System | undefined,
  pages: boolean,
): Cell[] {
  const runs = measured?.runs ?? [];
  const { planned } = progressOf(tuple.runs);
  const name =
    pages && tuple.runIds.length > 0
      ? html`<a class="nowrap" href="${tuplePath(tuple.hash)}">${tuple.label}</a>`
      : html`<span class="nowrap">${tuple.label}</span>`;
  return [
    { text: name, value: tuple.label },
    system === undefined
      ? { text: "–", value: null }
      : { text: named(system), value: system.label },
    { text: `${number(runs.length)} of ${number(planned)}`, value: runs.length },
    ...objectives.map((objective) =>
      numberCell(meanObjective(runs, objective), objectiveWords[objective].digits),
    ),
    ...figures.map(({ metric, digits }) => numberCell(meanFigure(runs, metric), digits)),
  ];
}

function meanObjective(runs: MeasuredTuple["runs"], objective: Objective): number | null {
  const known = runs.flatMap(({ objectives: { values } }) => values[objective] ?? []);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Each reason once, with how many runs it is true of. */
function unknown(tuples: readonly MeasuredTuple[]): string[] {
  const reasons = new Map<string, number>();
  for (const { objectives: found } of tuples.flatMap(({ runs }) => runs)) {
    for (const objective of objectives) {
      const reason = found.reasons[objective];
      if (reason === undefined) continue;
      const text = `${objective} unknown: ${reason}`;
      reasons.set(text, (reasons.get(text) ?? 0) + 1);
    }
  }
  return [...reasons].map(([reason, runs]) => `${reason} (${count(runs, "run")})`);
}
