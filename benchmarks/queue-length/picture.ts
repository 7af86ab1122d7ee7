import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Result, Row } from "./result";

/** Okabe and Ito 2008, as in the report; the picture stands alone, without its style sheet. */
const colours = ["#0072b2", "#d55e00", "#00805c", "#b0568c"];
const symbols: readonly Plot.SymbolType[] = ["circle", "square2", "triangle2", "diamond2"];

const width = 300;
const height = 270;
const keyHeight = 26;
/** Of a power of ten, as a logarithm: 5 %. */
const NEAR = 0.02;

interface Panel {
  readonly label: string;
  /** Null where it is unknown, or not above 0, which no logarithmic axis has. */
  readonly of: (row: Row) => number | null;
}

const panels: readonly Panel[] = [
  {
    label: "CPU ms of the controller for a job",
    of: ({ cpuSecondsAJob }) => (cpuSecondsAJob === null ? null : cpuSecondsAJob * 1000),
  },
  {
    label: "ms of the scheduler's longest cycle, mean",
    of: ({ cycles }) => greatest((cycles ?? []).flatMap(({ meanMs }) => meanMs ?? [])),
  },
  { label: "ms of a place between two jobs, mean", of: ({ release }) => release.meanMs },
];

function greatest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.max(...values);
}

const { document } = parseHTML("<!doctype html><html><body></body></html>");

/** An SVG file: three pictures against the mean length of the queue on logarithmic axes, a line for each result. */
export function picture(results: readonly Result[]): string {
  const drawn = panels.map((panel, index) =>
    svg(panelOptions(panel, results), index * width, keyHeight),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width * panels.length}" height="${height + keyHeight}" ` +
      'font-family="sans-serif" role="img" ' +
      'aria-label="cost and times of schedulers against the length of their queues">',
    '<rect width="100%" height="100%" fill="white"/>',
    svg(keyOptions(results), 0, 0),
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

function svg(options: Plot.PlotOptions, x: number, y: number): string {
  const style = { fontSize: "12px" };
  const element = Plot.plot({ style, ...options, document: document as never });
  element.setAttribute("x", String(x));
  element.setAttribute("y", String(y));
  return element.outerHTML;
}

/** Symbol and name of each result. */
function keyOptions(results: readonly Result[]): Plot.PlotOptions {
  return {
    width: width * panels.length,
    height: keyHeight,
    margin: 8,
    axis: null,
    x: { domain: [0, 6] },
    marks: results.flatMap(({ scheduler }, x) => [
      Plot.dot([{ x }], { x: "x", ...look(x) }),
      Plot.text([{ x }], { x: "x", text: () => scheduler, textAnchor: "start", dx: 10 }),
    ]),
  };
}

function panelOptions({ label, of }: Panel, results: readonly Result[]): Plot.PlotOptions {
  const series = results.map(({ rows }) =>
    rows.flatMap((row) => {
      const [x, y] = [row.meanWaiting, of(row)];
      return x > 0 && y !== null && y > 0 ? [{ x, y }] : [];
    }),
  );
  const all = series.flat();
  const axis = (values: readonly number[]) =>
    ({ type: "log", domain: decades(values), ticks: 4, labelArrow: "none" }) as const;
  return {
    width,
    height,
    marginLeft: 52,
    marginRight: 24,
    marginBottom: 40,
    x: {
      ...axis(all.map(({ x }) => x)),
      label: "waiting jobs",
      labelAnchor: "center",
      labelOffset: 34,
      tickFormat: "~s",
    },
    y: { ...axis(all.map(({ y }) => y)), label, grid: true, tickFormat: "~r" },
    marks: series.flatMap((points, index) => [
      Plot.line(points, { x: "x", y: "y", stroke: look(index).fill, strokeWidth: 2 }),
      Plot.dot(points, { x: "x", y: "y", ...look(index) }),
    ]),
  };
}

/** Whole powers of ten around all values, so that a small difference does not look like a large one. */
function decades(values: readonly number[]): [number, number] {
  const logs = values.map((value) => Math.log10(value));
  // A mean of 99.7 waiting jobs belongs to 100.
  const least = Math.floor(Math.min(...logs) + NEAR);
  return values.length === 0
    ? [1, 10]
    : [
        Math.min(10 ** least, ...values),
        Math.max(10 ** Math.max(least + 1, Math.ceil(Math.max(...logs) - NEAR)), ...values),
      ];
}

function look(index: number) {
  const fill = colours[index % colours.length] ?? "black";
  return { fill, symbol: symbols[index % symbols.length] ?? "circle", r: 4 } as const;
}
