import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { ReportData } from "./data/report";
import { count } from "./format";
import { html, trusted } from "./html";
import { auditSection } from "./sections/audit";
import { benchmarkSection } from "./sections/benchmarks";
import { conditionsSection } from "./sections/conditions";
import { definitionsSection } from "./sections/definitions";
import { distributionSection } from "./sections/distributions";
import { fairnessSection } from "./sections/fairness";
import { ganttSection } from "./sections/gantt";
import { overTimeSection } from "./sections/over-time";
import { paretoSection } from "./sections/pareto";
import { runsSection } from "./sections/runs";
import { simulatedSection } from "./sections/simulated";
import { summarySection } from "./sections/summary";

const contents = [
  ["summary", "Summary"],
  ["pareto", "Pareto front"],
  ["distributions", "Distributions"],
  ["over-time", "Over time"],
  ["gantt", "Jobs on nodes"],
  ["fairness", "Fairness"],
  ["simulated", "Live against simulated"],
  ["benchmarks", "Benchmarks"],
  ["audit", "Audit"],
  ["runs", "Runs"],
  ["conditions", "Conditions"],
  ["definitions", "Definitions"],
] as const;

/** The whole report as one HTML file that loads nothing. */
export function page(data: ReportData): string {
  const style = asset("style.css");
  const script = asset("browser.js");
  const { runs, configurations, generatedAt } = data;
  const experiments = [...new Set(runs.map(({ experiment }) => experiment))].join(", ");
  const benchmarks = benchmarkSection(configurations);
  const linked = contents.filter(([id]) => id !== "benchmarks" || benchmarks !== null);
  const title = `schedlab report: ${experiments}`;
  const date = generatedAt.toISOString().slice(0, 16).replace("T", " ");
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '${hash(script)}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p>${count(runs.length, "run")}, made ${date} UTC. Drawings by Observable Plot.</p>
<nav aria-label="Contents"><ul>${linked.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</header>
<main>
${summarySection(data)}
${paretoSection(configurations)}
${distributionSection(configurations)}
${overTimeSection(configurations)}
${ganttSection(configurations)}
${fairnessSection(configurations)}
${simulatedSection(configurations)}
${benchmarks}
${auditSection(data)}
${runsSection(data)}
${conditionsSection(data)}
${definitionsSection(data)}
</main>
<script>${trusted(script)}</script>
</body>
</html>
`.text;
}

function asset(name: string): string {
  return readFileSync(path.join(__dirname, name), "utf8");
}

/** The hash against which the browser checks the script. */
function hash(script: string): string {
  return `sha256-${createHash("sha256").update(script).digest("base64")}`;
}
