import type { Configuration } from "../data/configuration";
import type { ReportRun } from "../data/run";
import type { Series } from "../data/series";
import { count, number, seconds } from "../format";
import { html, type Markup } from "../html";
import { named } from "../plots/look";
import { seriesPlot } from "../plots/series";
import { figure, list, missing } from "../table";

/** More rows of drawings would not be looked at. */
const maxConfigurations = 8;

interface Measure {
  readonly name: string;
  readonly caption: string;
  readonly axis: string;
  /** Null where it is unknown. */
  readonly of: (run: ReportRun) => Series | null;
  readonly limit: number | null;
  /** Nothing is said of it where no run has it. */
  readonly seldom?: true;
}

const measures: readonly Measure[] = [
  {
    name: "Utilisation",
    caption: "Cores held by jobs, in percent of the capacity, over time.",
    axis: "cores held (%)",
    of: (run) => {
      const capacity = run.capacityCores;
      if (capacity === null) return null;
      return levels(run, ({ cores }) => (100 * cores) / capacity);
    },
    limit: 100,
  },
  {
    name: "Queue length",
    caption: "Jobs that were submitted and had not started, over time.",
    axis: "waiting jobs",
    of: (run) => levels(run, ({ waiting }) => waiting),
    limit: null,
  },
  {
    name: "Scheduler's cycle",
    caption:
      "What took the scheduler the longest of what it does again and again, by its own word, over time.",
    axis: "cycle (ms)",
    of: ({ cycle, levels: [first] }) => {
      if (cycle === null || first === undefined) return null;
      const { readings, averagedOver } = cycle;
      const points = readings
        .filter(({ at }) => at >= first.at)
        .map(({ at, ms }) => ({ time: at - first.at, value: ms }));
      return { points, averagedOver };
    },
    limit: null,
    seldom: true,
  },
];

function levels(
  run: ReportRun,
  value: (level: ReportRun["levels"][number]) => number,
): Series | null {
  const origin = run.levels[0]?.at;
  if (origin === undefined) return null;
  const points = run.levels.map((level) => ({ time: level.at - origin, value: value(level) }));
  return { points, averagedOver: run.averagedOver };
}

export function overTimeSection(configurations: readonly Configuration[]): Markup {
  const shown = configurations.slice(0, maxConfigurations);
  const notes =
    shown.length < configurations.length
      ? [`${configurations.length - shown.length} further configurations are not drawn`]
      : [];
  return html`<section id="over-time"><h2>Utilisation and queue over time</h2>
${measures.map((measure) => measureFigure(measure, shown))}${list(notes)}</section>`;
}

function measureFigure(measure: Measure, configurations: readonly Configuration[]): Markup {
  const all = configurations.map((configuration) => ({
    configuration,
    series: configuration.runs.flatMap((run) => measure.of(run) ?? []),
  }));
  const points = all.flatMap((entry) => entry.series.flatMap((one) => one.points));
  if (points.length === 0) {
    if (measure.seldom) return html``;
    return missing(measure.name, "no job counts, or the capacity is unknown");
  }
  const span = points.reduce((most, { time }) => Math.max(most, time), 0);
  const greatest = points.reduce((most, { value }) => Math.max(most, value), measure.limit ?? 1);
  const drawings = all.map(({ configuration, series: lines }) => {
    const title = html`<h3>${named(configuration)}</h3>`;
    if (lines.length === 0) {
      const why = measure.seldom ? "the scheduler did not tell it" : "no job counts";
      return html`${title}${missing(measure.name, why)}`;
    }
    const peak = lines
      .flatMap((line) => line.points)
      .reduce((most, { value }) => Math.max(most, value), 0);
    return html`${title}${seriesPlot({
      configuration,
      series: lines,
      label: measure.axis,
      description: `${measure.name} of ${configuration.label} over time, at most ${number(peak, 1)}`,
      span,
      greatest,
      limit: measure.limit,
    })}`;
  });
  return figure(
    drawings,
    `${measure.caption}${readingText(
      all.flatMap((entry) => entry.series),
      all,
    )}`,
  );
}

function readingText(
  lines: readonly Series[],
  all: readonly { readonly series: readonly Series[] }[],
): string {
  const repeats = Math.max(...all.map((entry) => entry.series.length));
  const each = repeats > 1 ? ` One line for each of up to ${count(repeats, "repeat")}.` : "";
  const averaged = lines.reduce((most, { averagedOver }) => Math.max(most, averagedOver ?? 0), 0);
  return averaged > 0
    ? `${each} Averaged over intervals of ${seconds(averaged)} at most: peaks are flattened.`
    : each;
}
