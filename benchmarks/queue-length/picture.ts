import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Result, Row } from "./result";

/** Okabe and Ito 2008, as in the report; the picture stands alone, without its style sheet. */
const colours = ["#0072b2", "#d55e00", "#00805c", "#b0568c"];
const symbols: readonly Plot.SymbolType[] = ["circle", "square2", "triangle2", "diamond2"];

const width = 300;
const height = 270;
const keyHeight = 26;

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
  const key = results.map(
    ({ scheduler }, index) =>
      `<circle cx="${20 + index * 150}" cy="13" r="5" fill="${colour(index)}"/>` +
      `<text x="${30 + index * 150}" y="17">${escaped(scheduler)}</text>`,
  );
  const drawn = panels.map((panel, index) => {
    const element = Plot.plot({ ...options(panel, results), document: document as never });
    element.setAttribute("x", String(index * width));
    element.setAttribute("y", String(keyHeight));
    return element.outerHTML;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width * panels.length}" height="${height + keyHeight}" ` +
      'font-family="sans-serif" font-size="12" fill="black" role="img" ' +
      'aria-label="cost and times of schedulers against the length of their queues">',
    '<rect width="100%" height="100%" fill="white"/>',
    ...key,
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

function options({ label, of }: Panel, results: readonly Result[]): Plot.PlotOptions {
  const series = results.map(({ rows }) =>
    rows.flatMap((row) => {
      const [x, y] = [row.meanWaiting, of(row)];
      return x > 0 && y !== null && y > 0 ? [{ x, y }] : [];
    }),
  );
  return {
    width,
    height,
    marginLeft: 52,
    style: { fontSize: "12px" },
    x: { type: "log", label: "waiting jobs", labelArrow: "none", ticks: 4, tickFormat: "~s" },
    y: { type: "log", label, labelArrow: "none", grid: true, ticks: 4, tickFormat: "~r" },
    marks: series.flatMap((points, index) => [
      Plot.line(points, { x: "x", y: "y", stroke: colour(index), strokeWidth: 2 }),
      Plot.dot(points, {
        x: "x",
        y: "y",
        fill: colour(index),
        symbol: symbols[index % symbols.length] ?? "circle",
        r: 4,
      }),
    ]),
  };
}

function colour(index: number): string {
  return colours[index % colours.length] ?? "black";
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
