import { failedChecks, markOf } from "../../audits";
import { clockText } from "../../clock";
import { emulationText } from "../../emulation";
import type { Configuration } from "../data/configuration";
import { spread } from "../data/distribution";
import type { ReportData } from "../data/report";
import { comparedRuns } from "../data/report";
import { metricReason, type ReportRun, runMetric } from "../data/run";
import { count } from "../format";
import { html, type Markup } from "../html";
import { named } from "../plots/look";
import { type Cell, spreadCell, table } from "../table";

interface Figure {
  readonly metric: string;
  readonly head: string;
  readonly unit?: string;
  readonly digits: number;
  readonly factor?: number;
  /** Has a column only where it is known of a run. */
  readonly optional?: boolean;
}

const allFigures: readonly Figure[] = [
  { metric: "n", head: "jobs", digits: 0 },
  { metric: "makespan", head: "makespan", unit: "s", digits: 1 },
  { metric: "mean_wait", head: "mean wait", unit: "s", digits: 1 },
  { metric: "max_wait", head: "longest wait", unit: "s", digits: 0 },
  { metric: "p99_wait", head: "99 % of waits up to", unit: "s", digits: 1 },
  { metric: "mean_bounded_slowdown", head: "mean bounded slowdown", digits: 2 },
  {
    metric: "area_weighted_bounded_slowdown",
    head: "area-weighted bounded slowdown",
    digits: 2,
  },
  { metric: "utilisation", head: "utilisation", unit: "%", digits: 1, factor: 100 },
  {
    ...{ metric: "gpu_utilisation", head: "GPU utilisation", unit: "%", digits: 1, factor: 100 },
    optional: true,
  },
  {
    ...{ metric: "gpu_fragmentation_rate", head: "free GPUs in fragments", unit: "%", digits: 1 },
    ...{ factor: 100, optional: true },
  },
  {
    ...{ metric: "memory_utilisation", head: "memory utilisation", unit: "%", digits: 1 },
    ...{ factor: 100, optional: true },
  },
  {
    ...{
      metric: "backfilled_share",
      head: "jobs that overtook",
      unit: "%",
      digits: 1,
      factor: 100,
    },
    optional: true,
  },
  {
    ...{ metric: "median_absolute_estimate_error", head: "median error of start estimates" },
    ...{ unit: "s", digits: 1, optional: true },
  },
  { metric: "jain", head: "Jain index", digits: 3 },
  { metric: "mean_unfairness", head: "unfairness by job", unit: "s", digits: 1 },
  { metric: "failed_jobs", head: "failed jobs", digits: 0 },
];

export function summarySection(data: ReportData): Markup {
  const { runs, configurations } = data;
  const figures = figuresOf(configurations);
  const compared = comparedRuns(data);
  const repeats = configurations.map((entry) => entry.runs.length);
  const [fewest, most] = [Math.min(...repeats), Math.max(...repeats)];
  const times = fewest === most ? count(most, "run") : `${fewest} to ${count(most, "run")}`;
  const lists = Math.max(0, ...configurations.map(({ jobLists }) => jobLists.length));
  const over = lists > 1 ? `the runs of ${count(lists, "job list")}` : "the repeats";
  return html`<section id="summary"><h2>Summary</h2>
<p>${count(configurations.length, "configuration")} of ${count(new Set(runs.map((run) => run.experiment)).size, "experiment")}, ${times} each.${most > 1 ? ` Figures are means over ${over}, with their range.` : " With one run each, variation is unknown."}</p>
${notices(data, compared)}
${table({
  caption: "Figures of each configuration",
  columns: [
    { head: "configuration" },
    { head: "runs", numeric: true },
    ...figures.map(({ head, unit }) => ({
      head,
      numeric: true,
      ...(unit === undefined ? {} : { unit }),
    })),
  ],
  rows: configurations.map((configuration) => [
    { text: named(configuration), value: configuration.label },
    { text: String(configuration.runs.length), value: configuration.runs.length },
    ...figures.map((figure) => figureCell(configuration, figure)),
  ]),
  notes: unknown(configurations, figures),
})}</section>`;
}

function figuresOf(configurations: readonly Configuration[]): readonly Figure[] {
  const runs = configurations.flatMap((configuration) => configuration.runs);
  return allFigures.filter(
    ({ metric, optional }) =>
      optional !== true || runs.some((run) => runMetric(run, metric) !== null),
  );
}

function figureCell({ runs }: Configuration, { metric, digits, factor = 1 }: Figure): Cell {
  const values = runs.map((run) => runMetric(run, metric));
  const marks = runs.map(({ audit }) => markOf(audit, metric));
  const mark = marks.includes("!") ? "!" : marks.includes("*") ? "*" : "";
  return spreadCell(
    spread(values.map((value) => (value === null ? null : value * factor))),
    digits,
    mark,
  );
}

/** Each reason once, with the figures and the configuration to which it applies. */
function unknown(configurations: readonly Configuration[], figures: readonly Figure[]): string[] {
  const found = new Map<string, Set<string>>();
  for (const { label, runs } of configurations) {
    for (const run of runs) {
      for (const { metric, head } of figures) {
        if (runMetric(run, metric) !== null) continue;
        const reason = `unknown in ${label}: ${metricReason(run, metric)}`;
        found.set(reason, (found.get(reason) ?? new Set()).add(head));
      }
    }
  }
  return [...found].map(([reason, heads]) => `${[...heads].join(", ")} ${reason}`);
}

/** What a reader has to know before the figures. */
function notices(
  { inequalities, leftOut, others, unshared }: ReportData,
  compared: readonly ReportRun[],
): Markup[] {
  const found: Markup[] = [];
  if (inequalities.length > 0) {
    found.push(
      html`<strong>Compared under unequal conditions.</strong> The runs differ in ${inequalities.map(({ field }) => field).join(", ")}: see <a href="#conditions">Conditions</a>. A difference in the figures may come from these and not from the schedulers.`,
    );
  }
  const emulated = compared.filter((run) => run.emulated);
  if (emulated.length > 0) {
    const kinds = emulated.map(({ scheduler }) => scheduler?.split(" ")[0] ?? null);
    found.push(html`<strong>Emulated nodes.</strong> ${emulationText(kinds)}`);
  }
  const clock = clockText(compared.map(({ clockFactor }) => clockFactor));
  if (clock !== null) found.push(html`<strong>Accelerated clock.</strong> ${clock}`);
  if (compared.every(({ status }) => status !== "completed")) {
    found.push(html`No run completed. The figures are of what is known of the others.`);
  }
  if (leftOut.length > 0) {
    found.push(
      html`${count(leftOut.length, "run")} did not complete, or failed ${leftOut.length === 1 ? "its" : "their"} <a href="#audit">audit</a>, and ${leftOut.length === 1 ? "is" : "are"} listed under <a href="#runs">Runs</a> only.`,
    );
  }
  if (others.length > 0) {
    const runs = others.flatMap(({ runs }) => runs).length;
    found.push(
      html`${count(runs, "run")} of the store ${runs === 1 ? "was" : "were"} made under other conditions than the newest and ${runs === 1 ? "is" : "are"} left out: see <a href="#conditions">Conditions</a>. Another choice is made with --experiment, --runs or --vary.`,
    );
  }
  if (unshared.jobLists > 0) {
    found.push(
      html`${count(unshared.jobLists, "job list")} that some configuration lacks ${unshared.jobLists === 1 ? "is" : "are"} left out, with ${count(unshared.runs.length, "run")}: configurations are compared on the jobs that all of them were given.`,
    );
  }
  for (const run of compared.filter(({ harnessLimited }) => harnessLimited === true)) {
    found.push(
      html`In run ${run.id} the harness, not the scheduler, set the pace of submission: ${run.harnessExplanation ?? "no explanation"}.`,
    );
  }
  for (const { id, audit } of compared) {
    const failed = failedChecks(audit);
    if (failed.length === 0) continue;
    found.push(
      html`<strong>Run ${id} failed its audit</strong> in ${failed.join(", ")}: see <a href="#audit">Audit</a>. The figures that this touches are marked with !.`,
    );
  }
  if (compared.some(({ codeDirty }) => codeDirty === true)) {
    found.push(html`Some runs were made with uncommitted changes to schedlab.`);
  }
  return found.map((notice) => html`<p class="notice">${notice}</p>\n`);
}
