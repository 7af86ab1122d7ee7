import * as Plot from "@observablehq/plot";
import type { Interval } from "../../../statistics/quantile";
import { number } from "../../format";
import type { Markup } from "../../html";
import { wideDrawing } from "../../plots/drawing";
import { lookOf } from "../../plots/look";
import type { ComparedSystem, ComparedWorkload } from "../data/compared";
import { objectiveWords } from "../data/objectives";

interface Mark {
  readonly x: string;
  /** Share of the axis: 0 at its least value. */
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly title: string;
}

/** One vertical axis for each objective, from its least to its greatest value; a line for each system. */
export function parallelPlot({ label, known, systems }: ComparedWorkload): Markup {
  const axes = known.map((objective, index) => {
    const { name, digits } = objectiveWords[objective];
    return { name, digits, ...extent(systems, index) };
  });
  const share = (value: number, axis: number) => {
    const { least, greatest } = axes[axis] ?? { least: 0, greatest: 1 };
    return greatest > least ? (value - least) / (greatest - least) : 0.5;
  };
  const best = systems.filter(({ front }) => front).map(({ system }) => system.label);
  const lines = systems.map(({ system, result }) => ({
    look: lookOf(system),
    marks: axes.map(({ name, digits }, axis): Mark => {
      const value = result.mean[axis] ?? Number.NaN;
      const interval = result.intervals?.[axis];
      return {
        x: name,
        y: share(value, axis),
        low: share(interval?.low ?? value, axis),
        high: share(interval?.high ?? value, axis),
        title: `${system.label}\n${name} ${number(value, digits)}${rangeOf(interval, digits)}`,
      };
    }),
  }));
  return wideDrawing(
    `parallel coordinates of ${systems.length} systems over ${axes.map(({ name }) => name).join(", ")} on ${label}; on the front: ${best.join(", ")}`,
    (width) => ({
      height: 320,
      marginTop: 48,
      marginBottom: 52,
      marginLeft: 44,
      marginRight: 44,
      x: {
        type: "point",
        domain: axes.map(({ name }) => name),
        label: null,
        axis: null,
        padding: 0,
      },
      y: { domain: [0, 1], axis: null },
      marks: [
        Plot.ruleX(axes, { x: "name", y1: 0, y2: 1, stroke: "var(--line)", strokeWidth: 2 }),
        Plot.text(axes, { x: "name", frameAnchor: "top", dy: -40, text: "name", fontWeight: 600 }),
        ...[
          { at: 1, of: "greatest", dy: -10 } as const,
          { at: 0, of: "least", dy: 12 } as const,
        ].map(({ at, of, dy }) =>
          Plot.text(axes, {
            ...{ x: "name", y: () => at, dy, fill: "var(--muted)" },
            text: (axis: (typeof axes)[number]) => number(axis[of], axis.digits),
          }),
        ),
        Plot.text(["better is further down"], {
          frameAnchor: "bottom",
          dy: 40,
          fill: "var(--muted)",
        }),
        ...lines.flatMap(({ look: { colour, dash, symbol }, marks }, index) => {
          // Beside each other, so that intervals of the same height can be told apart.
          const spread = Math.min(8, (width / axes.length - 60) / lines.length);
          const dx = spread * (index - (lines.length - 1) / 2);
          return [
            Plot.line(marks, {
              ...{ x: "x", y: "y", dx, stroke: colour, strokeWidth: 1.75 },
              strokeDasharray: dash,
            }),
            Plot.ruleX(marks, { x: "x", y1: "low", y2: "high", dx, stroke: colour }),
            Plot.dot(marks, { x: "x", y: "y", dx, r: 4.5, symbol, fill: colour, title: "title" }),
          ];
        }),
      ],
    }),
  );
}

function extent(systems: readonly ComparedSystem[], axis: number) {
  const values = systems.flatMap(({ result: { mean, intervals } }) => [
    mean[axis] ?? 0,
    intervals?.[axis]?.low ?? mean[axis] ?? 0,
    intervals?.[axis]?.high ?? mean[axis] ?? 0,
  ]);
  return { least: Math.min(...values), greatest: Math.max(...values) };
}

function rangeOf(interval: Interval | undefined, digits: number): string {
  if (interval === undefined) return ", one run";
  return ` [${number(interval.low, digits)}, ${number(interval.high, digits)}]`;
}
