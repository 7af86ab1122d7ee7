import * as Plot from "@observablehq/plot";
import { nonDominatedFronts } from "../../pareto/dominance";
import type { Point } from "../../pareto/point";
import type { Interval } from "../../statistics/quantile";
import { number } from "../format";
import type { Markup } from "../html";
import { smallDrawing } from "./drawing";
import { lookOf, type Shown } from "./look";

interface Axis {
  readonly name: string;
  readonly label: string;
  readonly digits: number;
}

interface PlottedPoint {
  readonly configuration: Shown;
  readonly mean: Point;
  /** The runs that are drawn beside the mean. */
  readonly repeats: readonly Point[];
  readonly runs: number;
  /** Null with one run. */
  readonly intervals: readonly Interval[] | null;
  readonly onFront: boolean;
}

/** Objectives by axis, and what is compared in them. */
export interface PlottedComparison {
  readonly axes: readonly Axis[];
  readonly points: readonly PlottedPoint[];
}

/** Two objectives: means as filled symbols, runs as small hollow ones, the pair's front as a line. */
export function paretoPlot(
  { axes, points }: PlottedComparison,
  first: number,
  second: number,
): Markup {
  const [x, y] = [axes[first], axes[second]];
  if (x === undefined || y === undefined) throw new RangeError("no such objective");
  const at = (values: readonly number[]) => ({
    x: values[first] ?? Number.NaN,
    y: values[second] ?? Number.NaN,
  });
  const means = points.map(({ mean }) => at(mean));
  const best = nonDominatedFronts(means.map((mean) => [mean.x, mean.y]))[0] ?? [];
  const front = best.flatMap((index) => means[index] ?? []).sort((a, b) => a.x - b.x);
  const names = best.flatMap((index) => points[index]?.configuration.label ?? []);
  return smallDrawing(
    `${y.name} against ${x.name}; on the front of these two: ${names.join(", ")}`,
    () => ({
      height: 300,
      marginRight: 24,
      x: { label: x.label, domain: domain(points, first), ticks: 4, grid: true, tickFormat },
      y: { label: y.label, domain: domain(points, second), ticks: 5, grid: true, tickFormat },
      marks: [
        Plot.line(front, { x: "x", y: "y", curve: "step-after", stroke: "var(--muted)" }),
        ...points.flatMap((point) => pointMarks(point, [x, y], at, [first, second])),
      ],
    }),
  );
}

/** Room around all marks, even where all of them are at one value. */
function domain(points: readonly PlottedPoint[], axis: number): [number, number] {
  const values = points.flatMap(({ mean, repeats, intervals }) =>
    [mean, ...repeats]
      .map((point) => point[axis] ?? 0)
      .concat(intervals?.[axis]?.low ?? [], intervals?.[axis]?.high ?? []),
  );
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  const room = (greatest - least) * 0.12 || Math.abs(greatest) * 0.1 || 0.1;
  return [least - room, greatest + room];
}

/** Short enough for the margin. */
function tickFormat(tick: number): string {
  if (Math.abs(tick) >= 10_000) return number(tick);
  const small = tick !== 0 && Math.abs(tick) < 0.001;
  const text = small ? tick.toExponential(1) : String(Number(tick.toPrecision(6)));
  return text.replaceAll("-", "−");
}

function pointMarks(
  { configuration, mean, repeats, runs, intervals, onFront }: PlottedPoint,
  [x, y]: readonly [Axis, Axis],
  at: (values: readonly number[]) => { x: number; y: number },
  [first, second]: readonly [number, number],
): Plot.Markish[] {
  const { colour, symbol } = lookOf(configuration);
  const centre = at(mean);
  const text = (point: { x: number; y: number }) =>
    `${x.label} ${number(point.x, x.digits)}\n${y.label} ${number(point.y, y.digits)}`;
  const [across, up] = [intervals?.[first], intervals?.[second]];
  const title = [
    `${configuration.label}${onFront ? ", on the front of all objectives" : ""}`,
    text(centre),
    intervals === null ? "one run" : `mean of ${runs} runs`,
  ].join("\n");
  return [
    ...(across === undefined || up === undefined
      ? []
      : [
          Plot.ruleY([{ y: centre.y, x1: across.low, x2: across.high }], {
            y: "y",
            x1: "x1",
            x2: "x2",
            stroke: colour,
            strokeWidth: 2,
          }),
          Plot.ruleX([{ x: centre.x, y1: up.low, y2: up.high }], {
            x: "x",
            y1: "y1",
            y2: "y2",
            stroke: colour,
            strokeWidth: 2,
          }),
        ]),
    ...(repeats.length < 2
      ? []
      : [
          Plot.dot(
            repeats.map((values, index) => ({ ...at(values), run: index + 1 })),
            {
              x: "x",
              y: "y",
              r: 3,
              symbol,
              stroke: colour,
              title: (point: { x: number; y: number; run: number }) =>
                `${configuration.label}, run ${point.run}\n${text(point)}`,
            },
          ),
        ]),
    ...(onFront ? [Plot.dot([centre], { x: "x", y: "y", r: 10, stroke: "currentColor" })] : []),
    Plot.dot([centre], { x: "x", y: "y", r: 6, symbol, fill: colour, title: () => title }),
  ];
}
