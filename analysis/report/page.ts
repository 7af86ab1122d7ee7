import type { ReportData } from "./data/report";
import { count } from "./format";
import { html, type Markup } from "./html";
import { auditSection } from "./sections/audit";
import { benchmarkSection } from "./sections/benchmarks";
import { conditionsSection } from "./sections/conditions";
import { definitionsSection } from "./sections/definitions";
import { distributionSection } from "./sections/distributions";
import { elasticSection } from "./sections/elastic";
import { fairnessSection } from "./sections/fairness";
import { ganttSection } from "./sections/gantt";
import { overTimeSection } from "./sections/over-time";
import { paretoSection } from "./sections/pareto";
import { runsSection } from "./sections/runs";
import { simulatedSection } from "./sections/simulated";
import { summarySection } from "./sections/summary";
import { dateText, type Section, shell } from "./shell";

/** The whole report as one HTML file that loads nothing. */
export function page(data: ReportData): string {
  const { runs, configurations } = data;
  const experiments = [...new Set(runs.map(({ experiment }) => experiment))].join(", ");
  const pareto = { id: "pareto", name: "Pareto front", body: paretoSection(configurations) };
  const [summary, ...others] = sectionsOf(data);
  return shell(`schedlab report: ${experiments}`, html`<p>${madeText(data)}</p>`, [
    ...(summary === undefined ? [] : [summary]),
    pareto,
    ...others,
  ]);
}

/** The runs of one tuple, with nothing to compare them with. `head` says where the page belongs. */
export function tuplePage(data: ReportData, title: string, head: Markup): string {
  return shell(title, html`${head}<p>${madeText(data)}</p>`, sectionsOf(data));
}

function madeText({ runs, generatedAt }: ReportData): string {
  return `${count(runs.length, "run")}, made ${dateText(generatedAt)}. Drawings by Observable Plot.`;
}

/** What is shown of any runs, compared or not. */
function sectionsOf(data: ReportData): Section[] {
  const { configurations } = data;
  const elastic = elasticSection(configurations);
  return [
    { id: "summary", name: "Summary", body: summarySection(data) },
    { id: "distributions", name: "Distributions", body: distributionSection(configurations) },
    { id: "over-time", name: "Over time", body: overTimeSection(configurations) },
    ...(elastic === null ? [] : [{ id: "elastic", name: "Demand and supply", body: elastic }]),
    { id: "gantt", name: "Jobs on nodes", body: ganttSection(configurations) },
    { id: "fairness", name: "Fairness", body: fairnessSection(configurations) },
    { id: "simulated", name: "Live against simulated", body: simulatedSection(configurations) },
    { id: "benchmarks", name: "Benchmarks", body: benchmarkSection(configurations) },
    { id: "audit", name: "Audit", body: auditSection(data) },
    { id: "runs", name: "Runs", body: runsSection(data) },
    { id: "conditions", name: "Conditions", body: conditionsSection(data) },
    { id: "definitions", name: "Definitions", body: definitionsSection(data) },
  ];
}
