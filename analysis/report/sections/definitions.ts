import type { Configuration } from "../data/configuration";
import { spread } from "../data/distribution";
import type { ReportData } from "../data/report";
import { fixedSupplyText, metricReason, type ReportMetric, runMetric } from "../data/run";
import { html, type Markup } from "../html";
import { numberCell, table } from "../table";

const terms: readonly (readonly [string, string])[] = [
  [
    "Configuration",
    "one tuple of topology, scheduler and workload; runs of the same jobs are its repeats.",
  ],
  [
    "Job list",
    "the jobs of one draw of a workload: another seed or resample gives another list. Configurations are compared on the lists that all of them were given.",
  ],
  [
    "Job that counts",
    "its submit, start, end and allocated cores are known, and wait and run are not negative. Jobs that failed count: they held their cores.",
  ],
  ["Bounded slowdown", "max(1, turnaround / max(run, 10 s)). Feitelson, JSSPP 2001, LNCS 2221."],
  [
    "Objectives",
    "1 − utilisation; 1 − Jain index of the users' mean bounded slowdowns; makespan; θᵤ + θₒ, cores lacking and cores too many relative to the demand (Herbst, Kounev, Reussner, ICAC 2013). Less is better in each.",
  ],
  [
    "Dominates",
    "no worse in any objective and better in at least one. The front holds what nothing dominates.",
  ],
  [
    "Bootstrap",
    "each resample draws as many job lists as there are, with replacement and the same ones for all configurations, then as many repeats as each list has, and compares the means; fixed seed. With one job list only its repeats vary, and intervals say nothing of other jobs. Few repeats or lists give intervals that are too narrow.",
  ],
  [
    "Normalised objectives",
    "1 − utilisation; 1 − Jain index; 1 − bound / makespan, the bound being what no schedule of the same jobs can beat; x / (1 + x) with x = (θᵤ + θₒ) / 100. Hypervolume: Zitzler and Thiele, PPSN 1998.",
  ],
  [
    "Fair start",
    "the start of a job in a schedule of the policy where no later arrival exists. Job-level unfairness is the sum of max(0, start − fair start); in the summary it is the mean over the jobs, against EASY backfilling. Sabin, Kochhar, Sadayappan, ICPP 2004.",
  ],
  [
    "Simulated schedules",
    "fcfs: first come, first served, without backfilling. easy: only the head of the queue has a reservation (Lifka, JSSPP 1995; Mu'alem and Feitelson, IEEE TPDS 2001). conservative: every waiting job has one.",
  ],
];

/** The store ends a definition with the clocks that its times came from. */
const clocks = /; times: (.*)$/;

export function definitionsSection({ configurations }: ReportData): Markup {
  const metrics = new Map<string, ReportMetric>();
  const sources = new Set<string>();
  for (const metric of configurations.flatMap(({ runs }) => runs.flatMap((run) => run.metrics))) {
    if (metric.scope !== "run" || isOfElasticRuns(metric)) continue;
    if (!metrics.has(metric.name)) metrics.set(metric.name, metric);
    const [, source] = clocks.exec(metric.definition) ?? [];
    if (source !== undefined) sources.add(source);
  }
  return html`<section id="definitions"><h2>Definitions</h2>
<dl>${terms.map(([term, meaning]) => html`<dt>${term}</dt><dd>${meaning}</dd>\n`)}
${sources.size > 0 ? html`<dt>Where times come from</dt><dd>${[...sources].join("; ")}</dd>` : ""}</dl>
${table({
  caption: "Metrics of the store: means of the configurations",
  columns: [
    { head: "metric" },
    { head: "definition" },
    { head: "unit" },
    ...configurations.map(({ label }) => ({ head: label, numeric: true })),
  ],
  rows: [...metrics.values()].map(({ name, unit, definition }) => [
    { text: name },
    { text: html`<span class="long">${definition.replace(clocks, "")}</span>` },
    { text: unit === "1" ? "" : unit },
    ...configurations.map(({ runs }) => {
      const over = spread(runs.map((run) => runMetric(run, name)));
      return numberCell(over?.mean, digitsOf(over?.mean ?? 0));
    }),
  ]),
  notes: unknown(configurations, [...metrics.keys()]),
})}</section>`;
}

/** What there is of runs whose supply could change only; where one of these is shown, so is the metric. */
function isOfElasticRuns({ value, reason }: ReportMetric): boolean {
  return value === null && reason === fixedSupplyText;
}

/** About four significant digits. */
function digitsOf(value: number): number {
  if (Number.isInteger(value)) return 0;
  return Math.min(6, Math.max(0, 3 - Math.floor(Math.log10(Math.abs(value)))));
}

/** Each reason once. */
function unknown(configurations: readonly Configuration[], names: readonly string[]): string[] {
  const reasons = new Map<string, Set<string>>();
  for (const run of configurations.flatMap(({ runs }) => runs)) {
    for (const name of names.filter((entry) => runMetric(run, entry) === null)) {
      const reason = metricReason(run, name);
      reasons.set(reason, (reasons.get(reason) ?? new Set()).add(name));
    }
  }
  return [...reasons].map(([reason, having]) => `${[...having].join(", ")} unknown: ${reason}`);
}
