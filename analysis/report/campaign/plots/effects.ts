import * as Plot from "@observablehq/plot";
import type { Objective } from "../../../pareto/objectives";
import { number } from "../../format";
import type { Markup } from "../../html";
import { smallDrawing } from "../../plots/drawing";
import type { Effect } from "../data/effects";
import { valueLabel } from "../data/labels";
import { objectiveWords } from "../data/objectives";

/** More lines than this are no longer read; the table has them. */
export const mostLines = 24;
const lineHeight = 22;
/** Characters of a label that fit beside the drawing. */
const labelLength = 18;

/** The effects on one objective, in percent points of its range of 0..1; the table has the others. */
export function effectsPlot(objective: Objective, all: readonly Effect[]): Markup {
  const { name } = objectiveWords[objective];
  const effects = all.flatMap(({ effect, ...rest }) =>
    typeof effect === "number" ? [{ ...rest, effect }] : [],
  );
  const shown = effects.slice(0, mostLines).map((entry, index) => ({
    ...entry,
    y: index,
    low: 100 * (entry.interval?.low ?? entry.effect),
    high: 100 * (entry.interval?.high ?? entry.effect),
    percent: 100 * entry.effect,
  }));
  const starts = shown.filter(({ axis }, index) => index > 0 && shown[index - 1]?.axis !== axis);
  const strongest = [...shown].sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))[0];
  const text = ({ axis, value }: Effect) => {
    const label = valueLabel(axis, value);
    return label.length > labelLength ? `${label.slice(0, labelLength - 1)}…` : label;
  };
  const greatest = Math.max(
    1e-3,
    ...shown.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]),
  );
  return smallDrawing(
    `effects on ${name}; the strongest is ${strongest === undefined ? "unknown" : `${valueLabel(strongest.axis, strongest.value)} with ${number(strongest.percent, 2)} points`}`,
    () => ({
      height: shown.length * lineHeight + 64,
      marginTop: 8,
      marginLeft: 128,
      marginRight: 16,
      x: {
        label: `effect on ${name} (points of 100)`,
        domain: [-1.08 * greatest, 1.08 * greatest],
        ticks: 5,
        grid: true,
      },
      y: { axis: null, domain: [shown.length - 0.5, -0.5] },
      marks: [
        Plot.ruleY(
          starts.map(({ y }) => y - 0.5),
          { stroke: "var(--line)" },
        ),
        Plot.ruleX([0], { stroke: "var(--muted)" }),
        Plot.text(shown, { frameAnchor: "left", y: "y", text, textAnchor: "end", dx: -8 }),
        Plot.ruleY(shown, {
          ...{ y: "y", x1: "low", x2: "high", stroke: "var(--series-0)", strokeWidth: 2 },
        }),
        Plot.dot(shown, {
          ...{ y: "y", x: "percent", r: 4, fill: "var(--series-0)" },
          title: (entry: (typeof shown)[number]) =>
            `${entry.axis}: ${entry.value}\n${number(entry.percent, 2)} points${
              entry.interval === null
                ? ", no interval"
                : ` [${number(entry.low, 2)}, ${number(entry.high, 2)}]`
            }`,
        }),
      ],
    }),
  );
}
