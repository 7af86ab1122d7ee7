import * as Plot from "@observablehq/plot";
import type { Configuration } from "../data/configuration";
import type { Series } from "../data/series";
import { timeUnit } from "../format";
import type { Markup } from "../html";
import { wideDrawing } from "./drawing";
import { lookOf } from "./look";

export interface SeriesPlot {
  readonly configuration: Configuration;
  /** One for each repeat. */
  readonly series: readonly Series[];
  readonly label: string;
  /** What a screen reader hears. */
  readonly description: string;
  /** Common to all drawings of a figure, so that they can be compared. Seconds. */
  readonly span: number;
  readonly greatest: number;
  /** A line across, such as the capacity. */
  readonly limit: number | null;
}

const mostAreas = 3;

export function seriesPlot(plot: SeriesPlot): Markup {
  const { colour } = lookOf(plot.configuration);
  const unit = timeUnit(plot.span);
  return wideDrawing(plot.description, () => ({
    height: 150,
    marginTop: 22,
    marginBottom: 38,
    x: {
      label: `time since the first submission (${unit.name})`,
      domain: [0, plot.span / unit.seconds],
    },
    y: {
      label: plot.label,
      domain: [0, plot.greatest],
      ticks: Math.min(4, plot.greatest),
      grid: true,
    },
    marks: [
      ...(plot.limit === null
        ? []
        : [Plot.ruleY([plot.limit], { stroke: "currentColor", strokeDasharray: "1 3" })]),
      ...plot.series.flatMap(({ points }) => {
        const data = points.map(({ time, value }) => ({ x: time / unit.seconds, y: value }));
        const options = { x: "x", y: "y", curve: "step-after" } as const;
        return [
          // Areas of many repeats would be too faint to be seen.
          ...(plot.series.length > mostAreas
            ? []
            : [
                Plot.areaY(data, {
                  ...options,
                  fill: colour,
                  fillOpacity: 0.15 / plot.series.length,
                }),
              ]),
          Plot.line(data, {
            ...options,
            stroke: colour,
            strokeWidth: plot.series.length > 1 ? 1 : 1.5,
            strokeOpacity: plot.series.length > 1 ? 0.75 : 1,
          }),
        ];
      }),
    ],
  }));
}
