import { comparedRuns, type ReportData } from "../data/report";
import type { ReportRun } from "../data/run";
import { html, type Markup } from "../html";
import { table } from "../table";

/** Columns of the store's runs that say what a run is, not the conditions under which it was made. */
const identities = new Set([
  "run_id",
  "experiment",
  "repeat",
  "status",
  "reason",
  "started_at",
  "finished_at",
  "planned_jobs",
  "failed_jobs",
  "harness_limited",
  "harness_explanation",
  "content_hash",
  "loaded_by_schema",
  "loaded_at",
]);

export function conditionsSection(data: ReportData): Markup {
  const runs = comparedRuns(data);
  const fields = Object.keys(runs[0]?.row ?? {}).filter((field) => !identities.has(field));
  const equal = fields.filter((field) => valuesOf(runs, field).size === 1);
  const varied = fields.filter((field) => valuesOf(runs, field).size > 1);
  return html`<section id="conditions"><h2>Conditions and provenance</h2>
<p>${data.varied === "nothing" ? "Nothing is varied between the configurations." : `What is varied on purpose is the ${data.varied}.`} Fields are columns of the store's table of runs.</p>
${unequal(data)}
${others(data)}
${table({
  caption: "What the runs differ in",
  columns: [{ head: "field" }, { head: "value" }, { head: "runs" }],
  rows: varied.flatMap((field) =>
    [...valuesOf(runs, field)].map(([value, ids]) => [
      { text: field },
      { text: html`<span class="long">${value}</span>` },
      {
        text: html`<span class="long">${ids.length > 6 ? `${ids.length} runs` : ids.join(", ")}</span>`,
      },
    ]),
  ),
})}
${table({
  caption: "Equal in all runs",
  columns: [{ head: "field" }, { head: "value" }],
  rows: equal.map((field) => [
    { text: field },
    { text: html`<span class="long">${[...valuesOf(runs, field).keys()][0] ?? ""}</span>` },
  ]),
})}</section>`;
}

/** Each value as text, with the runs that have it. */
function valuesOf(runs: readonly ReportRun[], field: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const run of runs) {
    const value = run.row[field];
    const text =
      value === null || value === undefined
        ? "unknown"
        : typeof value === "object"
          ? JSON.stringify(value)
          : String(value);
    values.set(text, [...(values.get(text) ?? []), run.id]);
  }
  return values;
}

function unequal({ inequalities }: ReportData): Markup | "" {
  if (inequalities.length === 0) return "";
  return html`<p class="notice"><strong>Compared under unequal conditions</strong>, as asked for with --allow-unequal.</p>
${table({
  caption: "Conditions that should be equal and are not",
  columns: [{ head: "field" }, { head: "value" }, { head: "runs" }],
  rows: inequalities.flatMap(({ field, values }) =>
    values.map(({ value, runs }) => [
      { text: field },
      { text: html`<span class="long">${value ?? "unknown"}</span>` },
      { text: html`<span class="long">${runs.join(", ")}</span>` },
    ]),
  ),
})}`;
}

/** How the conditions of the runs that are left out differ from those of the compared runs. */
function others({ others: groups }: ReportData): Markup | "" {
  if (groups.length === 0) return "";
  return table({
    caption: "Left out: runs made under other conditions",
    columns: [
      { head: "runs" },
      { head: "field" },
      { head: "value" },
      { head: "in the compared runs" },
    ],
    rows: groups.flatMap(({ runs, differences }) =>
      differences.map(({ field, values: [compared, own] }) => [
        { text: html`<span class="long">${runs.join(", ")}</span>` },
        { text: field },
        { text: html`<span class="long">${own?.value ?? "unknown"}</span>` },
        { text: html`<span class="long">${compared?.value ?? "unknown"}</span>` },
      ]),
    ),
  });
}
