import { type Configuration, representative } from "../data/configuration";
import { type Gantt, gantt, maxBars, maxLanes } from "../data/gantt";
import { count, seconds } from "../format";
import { html, type Markup } from "../html";
import { ganttLegend, ganttPlot } from "../plots/gantt";
import { named } from "../plots/look";
import { figure, list, missing } from "../table";

/** A page of charts is enough. */
const maxConfigurations = 6;

export function ganttSection(configurations: readonly Configuration[]): Markup {
  const charts = configurations.slice(0, maxConfigurations).flatMap((configuration) => {
    const run = representative(configuration);
    return run === undefined ? [] : [{ configuration, run, chart: gantt(run) }];
  });
  const drawn = charts.flatMap(({ chart }) => (typeof chart === "string" ? [] : [chart]));
  const span = drawn.reduce((most, chart) => Math.max(most, chart.span), 0);
  const drawings = charts.map(({ configuration, run, chart }) => {
    const title = html`<h3>${named(configuration)} <span class="run">${run.id}</span></h3>`;
    if (typeof chart === "string") return html`${title}${missing("Gantt chart", chart)}`;
    return html`${title}${ganttPlot(chart, configuration, span)}`;
  });
  const notes =
    configurations.length > maxConfigurations
      ? [`${configurations.length - maxConfigurations} further configurations are not drawn`]
      : [];
  const bars = drawn.some(({ kind }) => kind === "bars");
  return html`<section id="gantt"><h2>Jobs on nodes</h2>
${figure([...(bars ? [ganttLegend()] : []), ...drawings], captionText(drawn))}${list(notes)}</section>`;
}

function captionText(drawn: readonly Gantt[]): string {
  const cells = drawn.flatMap((chart) => (chart.kind === "cells" ? [chart] : []));
  const text = [
    "One run of each configuration: of its repeats, the median by makespan.",
    ...(cells.length < drawn.length
      ? [
          "A bar is a job on cores of a node. Which cores of a node is not recorded; bars are placed where there is room. A job on several nodes is taken to be spread evenly.",
        ]
      : []),
    ...(cells.length > 0
      ? [
          `Charts of more than ${maxBars} bars or ${maxLanes} cores show the busy share of the nodes over time instead of single jobs: the darker, the busier (${cells.map(cellText).join("; ")}).`,
        ]
      : []),
  ];
  return text.join(" ");
}

function cellText({ jobs, nodesPerRow, secondsPerColumn }: Extract<Gantt, { kind: "cells" }>) {
  const nodes = nodesPerRow === 1 ? "one node" : `up to ${nodesPerRow} nodes`;
  return `${count(jobs, "job")}, a row is ${nodes} and a column ${seconds(secondsPerColumn)}`;
}
