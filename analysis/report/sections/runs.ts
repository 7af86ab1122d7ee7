import type { ReportData } from "../data/report";
import { metricReason, type ReportRun, runMetric } from "../data/run";
import { number } from "../format";
import { html, type Markup } from "../html";
import { numberCell, table } from "../table";

export function runsSection({ runs, configurations }: ReportData): Markup {
  const label = (run: ReportRun) =>
    configurations.find((configuration) => configuration.runs.includes(run))?.label;
  return html`<section id="runs"><h2>Runs</h2>
${table({
  caption: "Every run of this report",
  columns: [
    { head: "run" },
    { head: "configuration" },
    { head: "experiment" },
    { head: "repeat", numeric: true },
    { head: "started", unit: "UTC" },
    { head: "status" },
    { head: "jobs counted of planned", numeric: true },
    { head: "makespan", unit: "s", numeric: true },
    { head: "mean wait", unit: "s", numeric: true },
    { head: "utilisation", unit: "%", numeric: true },
    { head: "Jain index", numeric: true },
  ],
  rows: runs.map((run) => [
    { text: html`<span class="nowrap">${run.id}</span>`, value: run.id },
    { text: label(run) ?? "not compared" },
    { text: run.experiment },
    numberCell(run.repeat, 0),
    {
      text: html`<span class="nowrap">${run.startedAt?.slice(0, 19).replace("T", " ") ?? "–"}</span>`,
      value: run.startedAt,
    },
    { text: run.status },
    {
      text: `${number(runMetric(run, "n") ?? 0)} of ${run.plannedJobs === null ? "–" : number(run.plannedJobs)}`,
      value: runMetric(run, "n"),
    },
    numberCell(runMetric(run, "makespan"), 1),
    numberCell(runMetric(run, "mean_wait"), 2),
    numberCell(percent(runMetric(run, "utilisation")), 1),
    numberCell(runMetric(run, "jain"), 3),
  ]),
  notes: runs
    .flatMap(({ id, status, reason }) => (reason === null ? [] : [`${id} ${status}: ${reason}`]))
    .concat(runs.flatMap(unknown)),
})}</section>`;
}

function percent(share: number | null): number | null {
  return share === null ? null : 100 * share;
}

function unknown(run: ReportRun): string[] {
  const names = ["makespan", "utilisation", "jain"].filter((name) => runMetric(run, name) === null);
  const reasons = new Set(names.map((name) => metricReason(run, name)));
  return names.length === 0
    ? []
    : [`${run.id}: ${names.join(", ")} unknown: ${[...reasons].join("; ")}`];
}
