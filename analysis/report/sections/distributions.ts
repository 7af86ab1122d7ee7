import { quantile } from "../../statistics/quantile";
import type { Configuration } from "../data/configuration";
import { maxSteps } from "../data/distribution";
import { html, type Markup } from "../html";
import { ecdfPlot, maxRepeats, type Quantity, valuesOf } from "../plots/ecdf";
import { legend, named } from "../plots/look";
import { figure, grid, missing, numberCell, table } from "../table";

const quantities: readonly Quantity[] = [
  { name: "wait", unit: "s", of: ({ wait }) => wait, linearTo: 1, least: 0 },
  {
    name: "bounded slowdown",
    unit: "1",
    of: ({ boundedSlowdown }) => boundedSlowdown,
    linearTo: 1,
    least: 1,
  },
];

const shares = [0.5, 0.9, 0.99] as const;

export function distributionSection(configurations: readonly Configuration[]): Markup {
  const values = configurations.map(({ runs }) =>
    quantities.map((quantity) =>
      // Sorted once: sorting them again for each quantile then takes no time.
      runs.flatMap(({ jobs }) => valuesOf(quantity, jobs)).sort((a, b) => a - b),
    ),
  );
  const most = Math.max(...values.flat().map(({ length }) => length));
  if (most === 0) {
    return html`<section id="distributions"><h2>Distributions</h2>${missing("Wait and bounded slowdown", "no job counts")}</section>`;
  }
  const thinned =
    most > maxSteps
      ? ` Curves of more than ${maxSteps} jobs are drawn through ${maxSteps} order statistics.`
      : "";
  const repeats = configurations.some(({ runs }) => runs.length > 1 && runs.length <= maxRepeats)
    ? " Thin lines are single repeats."
    : "";
  return html`<section id="distributions"><h2>Distributions</h2>
${figure(
  [legend(configurations), grid(quantities.map((quantity) => ecdfPlot(quantity, configurations)))],
  `Empirical distribution functions over the jobs that count, all repeats of a configuration together.${repeats} A curve further up and left is better.${thinned}`,
)}
${table({
  caption: "Quantiles",
  columns: [
    { head: "configuration" },
    { head: "jobs", numeric: true },
    ...quantities.flatMap(({ name, unit }) =>
      [...shares.map((share) => `${name}, ${share * 100} %`), `${name}, largest`].map((head) => ({
        head,
        numeric: true,
        ...(unit === "1" ? {} : { unit }),
      })),
    ),
  ],
  rows: configurations.map((configuration, index) => [
    { text: named(configuration), value: configuration.label },
    numberCell(values[index]?.[0]?.length, 0),
    ...(values[index] ?? []).flatMap((of) =>
      [...shares, 1].map((share) => numberCell(quantile(of, share), 2)),
    ),
  ]),
})}</section>`;
}
