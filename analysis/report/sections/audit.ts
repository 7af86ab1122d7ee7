import type { ReportData } from "../data/report";
import { number } from "../format";
import { html, type Markup } from "../html";
import { table } from "../table";

/** Every check of a run that did not pass, with what it touches. */
export function auditSection({ runs }: ReportData): Markup {
  const open = runs.flatMap(({ id, audit }) =>
    audit
      .filter(({ verdict }) => verdict !== "passed" && verdict !== "not applicable")
      .map((check) => ({ id, ...check })),
  );
  const unaudited = runs.filter(({ audit }) => audit.length === 0).map(({ id }) => id);
  const passed = runs.flatMap(({ audit }) => audit).filter(({ verdict }) => verdict === "passed");
  return html`<section id="audit"><h2>Audit</h2>
<p>Each run is checked against itself and the scheduler's own accounting. ${number(passed.length)} checks passed. A figure marked ! is touched by a check that failed, one marked * by something to be known; where a check could not tell, the run has no records of it.</p>
${table({
  caption: "Checks that did not pass",
  columns: [
    { head: "run" },
    { head: "check" },
    { head: "verdict" },
    { head: "figure", numeric: true },
    { head: "limit", numeric: true },
    { head: "unit" },
    { head: "explanation" },
  ],
  rows: open.map(({ id, check, verdict, figure, limit, unit, explanation }) => [
    { text: html`<span class="nowrap">${id}</span>`, value: id },
    { text: html`<span class="nowrap">${check}</span>`, value: check },
    { text: verdict },
    { text: short(figure), value: figure },
    { text: short(limit), value: limit },
    { text: unit ?? "–" },
    { text: explanation },
  ]),
  notes: unaudited.length === 0 ? [] : [`not audited: ${unaudited.join(", ")}`],
})}</section>`;
}

function short(value: number | null): string {
  return value === null ? "–" : String(Number(value.toPrecision(3)));
}
