import * as Plot from "@observablehq/plot";
import type { Configuration } from "../data/configuration";
import type { UserFigures } from "../data/fairness";
import { count, number, spreadText } from "../format";
import type { Markup } from "../html";
import { wideDrawing } from "./drawing";
import { lookOf } from "./look";
import { logarithmicTicks } from "./ticks";

/** Pixels of a configuration's line within a user's band, for many and for few configurations. */
const lineHeights = { many: 9, few: 14 } as const;
const manyLines = 40;
/** Values further apart than this go on a logarithmic axis. */
const linearRatio = 20;
/** Longer names are shortened; the table has them in full. */
const nameLength = 14;

interface Entry {
  readonly y: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly title: string;
}

/** Each user's mean bounded slowdown by configuration, with the range of its repeats. */
export function fairnessPlot(
  users: readonly UserFigures[],
  configurations: readonly Configuration[],
): Markup {
  const lines = configurations.length + 1;
  const shown = (name: string) =>
    name.length > nameLength ? `${name.slice(0, nameLength - 1)}…` : name;
  const longest = users.reduce((most, { user }) => Math.max(most, shown(user).length), 0);
  const lineHeight = users.length * lines > manyLines ? lineHeights.many : lineHeights.few;
  const greatest = users
    .flatMap(({ boundedSlowdown }) => boundedSlowdown.map((over) => over?.max ?? 1))
    .reduce((most, value) => Math.max(most, value), 1);
  const worst = users[0];
  const label = `mean bounded slowdown of ${count(users.length, "user")}; the worst is ${worst?.user ?? "unknown"}`;
  return wideDrawing(label, () => ({
    height: users.length * lines * lineHeight + 56,
    marginTop: 8,
    marginBottom: 40,
    marginRight: 24,
    marginLeft: 18 + 7.5 * longest,
    x: {
      label: "mean bounded slowdown",
      ...(greatest > linearRatio
        ? {
            type: "log" as const,
            domain: [1, greatest],
            ticks: logarithmicTicks(1, greatest),
            tickFormat: (tick: number) => number(tick),
          }
        : { nice: true, ticks: 5 }),
      grid: true,
    },
    y: { axis: null, domain: [users.length * lines, 0] },
    marks: [
      Plot.ruleY(
        users.map((_, index) => index * lines),
        { stroke: "var(--line)" },
      ),
      Plot.ruleX([1], { stroke: "var(--muted)" }),
      Plot.text(users, {
        frameAnchor: "left",
        y: (_: UserFigures, index: number) => index * lines + lines / 2,
        text: ({ user }: UserFigures) => shown(user),
        textAnchor: "end",
        dx: -8,
      }),
      ...configurations.flatMap((configuration, index) => {
        const { colour, symbol } = lookOf(configuration);
        const entries = users.flatMap(
          (user, row) => entry(user, configuration, index, row * lines + index + 1) ?? [],
        );
        return [
          Plot.ruleY(entries, { y: "y", x1: "min", x2: "max", stroke: colour, strokeWidth: 2 }),
          Plot.dot(entries, { y: "y", x: "mean", symbol, fill: colour, r: 4.5, title: "title" }),
        ];
      }),
    ],
  }));
}

function entry(
  figures: UserFigures,
  configuration: Configuration,
  index: number,
  y: number,
): Entry | null {
  const spread = figures.boundedSlowdown[index];
  if (spread === null || spread === undefined) return null;
  const title = `${figures.user} under ${configuration.label}\nmean bounded slowdown ${spreadText(spread, 2)}`;
  return { y, mean: spread.mean, min: spread.min, max: spread.max, title };
}
