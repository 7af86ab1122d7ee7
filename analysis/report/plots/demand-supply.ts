import * as Plot from "@observablehq/plot";
import type { Configuration } from "../data/configuration";
import type { Elastic } from "../data/elastic";
import { count, number, seconds, timeUnit } from "../format";
import { html, type Markup } from "../html";
import { icon, wideDrawing } from "./drawing";
import { lookOf } from "./look";

/** What befell a node, as it is marked at the supply of that moment. */
const marks = {
  joined: { symbol: "triangle", label: "a node joined" },
  left: { symbol: "square", label: "a node left" },
  "given up": { symbol: "times", label: "a node was given up" },
  lost: { symbol: "asterisk", label: "a node was lost" },
} as const;
type Mark = keyof typeof marks;

interface Marked {
  readonly mark: Mark;
  /** Seconds since the first submission. */
  readonly time: number;
  readonly cores: number;
  readonly nodes: readonly string[];
}

export interface DemandSupplyPlot {
  readonly configuration: Configuration;
  readonly elastic: Elastic;
  /** Common to all drawings of the figure. Seconds, cores. */
  readonly span: number;
  readonly greatest: number;
}

/** Demand as an area, supply as a line above or below it, and what befell nodes. */
export function demandSupplyPlot(plot: DemandSupplyPlot): Markup {
  const { configuration, elastic, span, greatest } = plot;
  const { colour } = lookOf(configuration);
  const unit = timeUnit(span);
  const origin = elastic.steps[0]?.at ?? 0;
  const x = (time: number) => time / unit.seconds;
  const steps = elastic.steps.map(({ at, demand, supply }) => ({
    x: x(at - origin),
    demand,
    supply,
  }));
  const events = eventsOf(elastic, origin, span);
  const step = { x: "x", curve: "step-after" } as const;
  return wideDrawing(description(plot, events), () => ({
    height: 190,
    marginTop: 22,
    marginBottom: 38,
    x: { label: `time since the first submission (${unit.name})`, domain: [0, x(span)] },
    y: { label: "cores", domain: [0, greatest], ticks: Math.min(5, greatest), grid: true },
    marks: [
      Plot.areaY(steps, { ...step, y: "demand", fill: "currentColor", fillOpacity: 0.16 }),
      Plot.line(steps, {
        ...step,
        y: "demand",
        stroke: "currentColor",
        strokeOpacity: 0.55,
        strokeWidth: 1,
      }),
      // Where the supply is not known, the line has a gap.
      Plot.line(steps, { ...step, y: "supply", stroke: colour, strokeWidth: 2 }),
      ...Object.entries(marks).map(([mark, { symbol }]) =>
        Plot.dot(
          events.filter((event) => event.mark === mark),
          {
            x: ({ time }: Marked) => x(time),
            y: "cores",
            symbol,
            r: 4,
            stroke: colour,
            strokeWidth: 1.5,
            fill: mark === "joined" ? colour : "var(--paper)",
            title: markText,
          },
        ),
      ),
    ],
  }));
}

/** Nodes of one mark at one moment are marked together: a decision takes in several. */
function eventsOf({ steps, stays }: Elastic, origin: number, span: number): Marked[] {
  const supplyAt = (at: number) => steps.findLast((step) => step.at <= at)?.supply ?? 0;
  const found = stays.flatMap(({ node, decided, schedulable, left, givenUp, lost }) => {
    const moments: readonly (readonly [Mark, number | null])[] = [
      ["joined", decided === null ? null : schedulable],
      ["left", left],
      ["given up", givenUp],
      ["lost", lost],
    ];
    return moments.flatMap(([mark, at]) =>
      at === null || at < origin || at > origin + span ? [] : [{ mark, at, node }],
    );
  });
  const together = new Map<string, Marked>();
  for (const { mark, at, node } of found) {
    // Closer than a hundredth of the width, marks would cover each other.
    const key = `${mark} ${Math.round((100 * (at - origin)) / span)}`;
    const known = together.get(key);
    const [time, cores] = [known?.time ?? at - origin, known?.cores ?? supplyAt(at)];
    together.set(key, { mark, time, cores, nodes: [...(known?.nodes ?? []), node] });
  }
  return [...together.values()];
}

function markText({ mark, time, nodes }: Marked): string {
  const shown = nodes.slice(0, 5).join(", ");
  const more = nodes.length > 5 ? ` and ${nodes.length - 5} more` : "";
  return `${mark} at ${seconds(time)}: ${shown}${more}`;
}

function description({ configuration, elastic }: DemandSupplyPlot, events: readonly Marked[]) {
  const most = (values: readonly (number | null)[]) =>
    number(values.reduce<number>((peak, value) => Math.max(peak, value ?? 0), 0));
  const supplied = elastic.steps.every(({ supply }) => supply === null)
    ? ", the supply unknown"
    : ` and ${most(elastic.steps.map(({ supply }) => supply))} supplied`;
  const joined = events.filter(({ mark }) => mark === "joined").flatMap(({ nodes }) => nodes);
  return (
    `Demand and supply of ${configuration.label} over time: ` +
    `at most ${most(elastic.steps.map(({ demand }) => demand))} cores wanted` +
    `${supplied}, ${count(joined.length, "node")} joined`
  );
}

/** What area, line and marks mean. */
export function demandSupplyLegend(): Markup {
  const frame = { width: 26, height: 14, x: { domain: [0, 2] }, y: { domain: [-1, 1] } };
  const demand = icon({
    ...frame,
    marks: [
      Plot.rect([0], { x1: 0, x2: 2, y1: -1, y2: 1, fill: "currentColor", fillOpacity: 0.16 }),
    ],
  });
  const supply = icon({
    ...frame,
    marks: [
      Plot.line(
        [
          [0, 0],
          [2, 0],
        ],
        { stroke: "currentColor", strokeWidth: 2 },
      ),
    ],
  });
  const shown = Object.entries(marks).map(([mark, { symbol, label }]) => {
    const look = { stroke: "currentColor", strokeWidth: 1.5, r: 4 };
    const dot = icon({
      ...frame,
      marks: [
        Plot.dot([[1, 0]], { symbol, ...look, fill: mark === "joined" ? "currentColor" : "none" }),
      ],
    });
    return html`<li><span class="key">${dot} ${label}</span></li>`;
  });
  return html`<ul class="legend"><li><span class="key">${demand} demand: cores that jobs want</span></li><li><span class="key">${supply} supply: cores that can be scheduled on</span></li>${shown}</ul>`;
}
