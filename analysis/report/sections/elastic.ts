import { markOf } from "../../audits";
import { type Configuration, representative } from "../data/configuration";
import { spread } from "../data/distribution";
import type { Elastic, Stay } from "../data/elastic";
import { metricReason, type ReportRun, runMetric } from "../data/run";
import { count, seconds } from "../format";
import { html, type Markup } from "../html";
import { demandSupplyLegend, demandSupplyPlot } from "../plots/demand-supply";
import { named } from "../plots/look";
import { type Cell, figure, list, missing, numberCell, spreadCell, table } from "../table";

/** More rows of drawings, or of a table, would not be looked at. */
const maxConfigurations = 8;
const maxRows = 300;

const figures = [
  { metric: "theta_u", head: "θᵤ", unit: "%", digits: 1 },
  { metric: "theta_o", head: "θₒ", unit: "%", digits: 1 },
  { metric: "tau_u", head: "τᵤ", unit: "%", digits: 1 },
  { metric: "tau_o", head: "τₒ", unit: "%", digits: 1 },
  { metric: "jitter", head: "jitter", unit: "1/min", digits: 2 },
  { metric: "node_seconds", head: "node-seconds", digits: 0 },
  { metric: "node_seconds_ratio", head: "of an oracle's", digits: 2 },
  { metric: "node_joins", head: "joins", digits: 0 },
  { metric: "node_leaves", head: "leaves", digits: 0 },
  { metric: "nodes_given_up", head: "given up", digits: 0 },
  { metric: "nodes_lost", head: "lost", digits: 0 },
  { metric: "mean_join_to_schedulable", head: "decision to schedulable", unit: "s", digits: 2 },
  { metric: "mean_join_to_first_job", head: "decision to first job", unit: "s", digits: 2 },
  { metric: "mean_leave_to_left", head: "decision to left", unit: "s", digits: 2 },
  { metric: "p99_decision_latency", head: "99 % decided within", unit: "s", digits: 3 },
] as const;

interface ElasticRun {
  readonly configuration: Configuration;
  readonly run: ReportRun;
  readonly elastic: Elastic;
}

/** Null where no run's supply could change. */
export function elasticSection(configurations: readonly Configuration[]): Markup | null {
  const elastic = configurations.filter(({ runs }) => runs.some((run) => run.elastic !== null));
  if (elastic.length === 0) return null;
  const shown = elastic.slice(0, maxConfigurations).flatMap((configuration): ElasticRun[] => {
    const run = representative(configuration);
    return run === undefined || run.elastic === null
      ? []
      : [{ configuration, run, elastic: run.elastic }];
  });
  const notes =
    elastic.length > maxConfigurations
      ? [`${elastic.length - maxConfigurations} further configurations are not drawn`]
      : [];
  return html`<section id="elastic"><h2>Demand and supply</h2>
${pictures(shown)}${list(notes)}
${figureTable(elastic)}
${shown.map(stayTable)}</section>`;
}

function pictures(shown: readonly ElasticRun[]): Markup {
  const length = ({ steps }: Elastic) => (steps.at(-1)?.at ?? 0) - (steps[0]?.at ?? 0);
  const span = shown.reduce((most, { elastic }) => Math.max(most, length(elastic)), 0);
  const greatest = shown
    .flatMap(({ elastic }) => elastic.steps)
    .reduce((most, { demand, supply }) => Math.max(most, demand, supply ?? 0), 1);
  const drawings = shown.map(({ configuration, run, elastic }) => {
    const title = html`<h3>${named(configuration)} <span class="run">${run.id}</span></h3>`;
    if (!(length(elastic) > 0)) {
      return html`${title}${missing("Demand and supply", "no job counts")}`;
    }
    return html`${title}${demandSupplyPlot({ configuration, elastic, span, greatest })}`;
  });
  const averaged = shown.reduce(
    (most, { elastic }) => Math.max(most, elastic.averagedOver ?? 0),
    0,
  );
  const caption =
    "One run of each configuration: of its repeats, the median by makespan. Where the line is below the area, jobs waited for cores; where it is above, cores were idle. Nodes are marked at the supply of the moment.";
  return figure(
    [demandSupplyLegend(), ...drawings],
    averaged > 0
      ? `${caption} Averaged over intervals of ${seconds(averaged)} at most: peaks are flattened.`
      : caption,
  );
}

function figureTable(configurations: readonly Configuration[]): Markup {
  return table({
    caption: "How supply followed demand",
    columns: [
      { head: "configuration" },
      ...figures.map(({ head, ...rest }) => ({
        head,
        numeric: true,
        ...("unit" in rest ? { unit: rest.unit } : {}),
      })),
    ],
    rows: configurations.map((configuration) => [
      { text: named(configuration), value: configuration.label },
      ...figures.map(({ metric, digits }) => figureCell(configuration, metric, digits)),
    ]),
    notes: configurations.flatMap(unknown),
  });
}

function figureCell({ runs }: Configuration, metric: string, digits: number): Cell {
  const marks = runs.map(({ audit }) => markOf(audit, metric));
  const mark = marks.includes("!") ? "!" : marks.includes("*") ? "*" : "";
  return spreadCell(spread(runs.map((run) => runMetric(run, metric))), digits, mark);
}

/** Each reason once, with the figures to which it applies. */
function unknown({ label, runs }: Configuration): string[] {
  const found = new Map<string, Set<string>>();
  for (const run of runs) {
    for (const { metric, head } of figures) {
      if (runMetric(run, metric) !== null) continue;
      const reason = metricReason(run, metric);
      found.set(reason, (found.get(reason) ?? new Set()).add(head));
    }
  }
  return [...found].map(
    ([reason, heads]) => `${[...heads].join(", ")} unknown in ${label}: ${reason}`,
  );
}

/** What befell each node of the drawn run, in the order of the decisions. */
function stayTable({ configuration, run, elastic }: ElasticRun): Markup {
  const origin = elastic.steps[0]?.at ?? 0;
  const { stays } = elastic;
  const rest = stays.length - maxRows;
  return table({
    caption: `Nodes of ${configuration.label}, run ${run.id}`,
    columns: [
      { head: "node" },
      { head: "decided at", unit: "s", numeric: true },
      { head: "started after", unit: "s", numeric: true },
      { head: "schedulable after", unit: "s", numeric: true },
      { head: "first job after", unit: "s", numeric: true },
      { head: "let go at", unit: "s", numeric: true },
      { head: "drained after", unit: "s", numeric: true },
      { head: "left after", unit: "s", numeric: true },
      { head: "outcome" },
    ],
    rows: stays
      .slice(0, maxRows)
      .map((stay) => [
        { text: stay.node },
        numberCell(since(stay.decided, origin), 1),
        numberCell(since(stay.started, stay.decided), 2),
        numberCell(since(stay.schedulable, stay.decided), 2),
        numberCell(since(stay.firstJob, stay.decided), 2),
        numberCell(since(stay.leaveDecided, origin), 1),
        numberCell(since(stay.drained, stay.leaveDecided), 2),
        numberCell(since(stay.left, stay.leaveDecided), 2),
        { text: outcomeOf(stay) },
      ]),
    notes: [
      "times of decisions are since the first submission; the others are seconds after the decision",
      ...(rest > 0 ? [`${count(rest, "further stay")} of nodes not listed`] : []),
    ],
  });
}

function since(at: number | null, from: number | null): number | null {
  return at === null || from === null ? null : at - from;
}

function outcomeOf({ schedulable, decided, left, givenUp, lost }: Stay): string {
  if (lost !== null) return "lost";
  if (givenUp !== null) return "given up";
  if (left !== null) return "left";
  return decided !== null && schedulable === null ? "joining at the end" : "there at the end";
}
