import * as Plot from "@observablehq/plot";
import type { Configuration } from "../data/configuration";
import type { Bar, Cell, Gantt } from "../data/gantt";
import { count, number, seconds, timeUnit } from "../format";
import { html, type Markup } from "../html";
import { icon, wideDrawing } from "./drawing";
import { lookOf } from "./look";

/** Classes of bounded slowdown, up to and including `to`; the longer a job waited, the darker its class. */
const classes = [
  { to: 1.5, opacity: 0.22, label: "1 to 1.5" },
  { to: 3, opacity: 0.42, label: "1.5 to 3" },
  { to: 10, opacity: 0.68, label: "3 to 10" },
  { to: Number.POSITIVE_INFINITY, opacity: 1, label: "above 10" },
] as const;

/** Pixels of all lanes together. */
const heights = { least: 90, most: 640, lane: 18 } as const;

export function ganttPlot(chart: Gantt, configuration: Configuration, span: number): Markup {
  const { colour } = lookOf(configuration);
  const unit = timeUnit(span);
  const lanes = chart.rows.at(-1)?.to ?? 1;
  const inner = Math.min(heights.most, Math.max(heights.least, lanes * heights.lane));
  // Names closer than a line's height would cover each other.
  const every = Math.ceil((13 * chart.rows.length) / inner);
  const named = chart.rows.filter((_, row) => row % every === 0);
  const longest = chart.rows.reduce((most, { label }) => Math.max(most, label.length), 0);
  const x = (time: number) => time / unit.seconds;
  const what =
    chart.kind === "bars"
      ? count(new Set(chart.bars.map(({ job }) => job.job)).size, "job")
      : `the busy share of ${count(chart.rows.length, "row")} of nodes over time`;
  return wideDrawing(`Gantt chart of ${configuration.label}: ${what}`, () => ({
    height: inner + 48,
    marginTop: 8,
    marginBottom: 40,
    marginLeft: Math.min(140, 14 + 7 * longest),
    x: {
      label: `time since the first submission (${unit.name})`,
      domain: [0, x(span)],
      grid: true,
    },
    y: { axis: null, domain: [lanes, 0] },
    marks: [
      Plot.ruleY([...chart.rows.map(({ from }) => from), lanes], { stroke: "var(--line)" }),
      Plot.text(named, {
        x: 0,
        y: ({ from, to }: { from: number; to: number }) => (from + to) / 2,
        text: "label",
        textAnchor: "end",
        dx: -6,
      }),
      ...(chart.kind === "bars"
        ? barMarks(chart.bars, colour, x)
        : [cellMark(chart.cells, colour, x)]),
    ],
  }));
}

function barMarks(bars: readonly Bar[], colour: string, x: (time: number) => number) {
  const options = (of: readonly Bar[]) =>
    [
      of,
      {
        x1: ({ from }: Bar) => x(from),
        x2: ({ to }: Bar) => x(to),
        y1: "lane",
        y2: ({ lane, lanes }: Bar) => lane + lanes,
        inset: 0.5,
        insetTop: 1,
      },
    ] as const;
  const failed = bars.filter(({ job }) => job.state !== null && job.state !== "completed");
  return [
    ...classes.map(({ to, opacity }, index) => {
      const above = classes[index - 1]?.to ?? Number.NEGATIVE_INFINITY;
      const [of, place] = options(
        bars.filter(({ job }) => {
          const slowdown = job.boundedSlowdown ?? 1;
          return slowdown > above && slowdown <= to;
        }),
      );
      return Plot.rect(of, {
        ...place,
        fill: colour,
        fillOpacity: opacity,
        stroke: colour,
        strokeWidth: 0.75,
        title: barText,
      });
    }),
    Plot.rect(options(failed)[0], {
      ...options(failed)[1],
      stroke: "currentColor",
      strokeWidth: 1.5,
      strokeDasharray: "3 2",
    }),
  ];
}

function barText({ job, node, from, to }: Bar): string {
  return [
    `job ${job.job} of ${job.user ?? "an unknown user"} on ${node}`,
    `${count(job.cores ?? 0, "core")}, ${number(from, 2)} to ${number(to, 2)} s`,
    job.wait === null ? "wait unknown" : `waited ${seconds(job.wait)}`,
    ...(job.state === "completed" ? [] : [job.state ?? "state unknown"]),
  ].join("\n");
}

/** Shades that can be told apart. */
const shades = 20;

/** Neighbours of one shade in a row as one, so that the page is small. Cells are by row and time. */
function merged(cells: readonly Cell[]): Cell[] {
  const found: Cell[] = [];
  for (const { share, ...cell } of cells) {
    const shade = Math.min(1, Math.ceil(share * shades) / shades);
    const last = found.at(-1);
    if (last?.row === cell.row && last.to === cell.from && last.share === shade) {
      found[found.length - 1] = { ...last, to: cell.to };
    } else found.push({ ...cell, share: shade });
  }
  return found;
}

function cellMark(cells: readonly Cell[], colour: string, x: (time: number) => number) {
  return Plot.rect(merged(cells), {
    x1: ({ from }: Cell) => x(from),
    x2: ({ to }: Cell) => x(to),
    y1: "row",
    y2: ({ row }: Cell) => row + 1,
    insetTop: 1,
    fill: colour,
    fillOpacity: "share",
  });
}

/** What the shades of bars mean. */
export function ganttLegend(): Markup {
  const swatch = (options: Plot.RectOptions) =>
    icon({
      width: 22,
      height: 14,
      x: { domain: [0, 1] },
      y: { domain: [0, 1] },
      marks: [Plot.rect([0], { x1: 0, x2: 1, y1: 0, y2: 1, inset: 1, ...options })],
    });
  const shades = classes.map(({ opacity, label }) => {
    const look = { fill: "currentColor", fillOpacity: opacity, stroke: "currentColor" };
    return html`<li><span class="key">${swatch(look)} ${label}</span></li>`;
  });
  const failed = swatch({ stroke: "currentColor", strokeDasharray: "3 2", strokeWidth: 1.5 });
  return html`<ul class="legend"><li>Bounded slowdown of the job:</li>${shades}<li><span class="key">${failed} did not complete</span></li></ul>`;
}
