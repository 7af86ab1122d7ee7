import { policies } from "../../../simulate/policy";
import { count } from "../../format";
import { html, type Markup } from "../../html";
import { named } from "../../plots/look";
import { list, missing, numberCell, type Cell as TableCell, table } from "../../table";
import type { CampaignData } from "../data/campaign";
import type { Cell } from "../data/groups";
import { figureOf, meanFigure } from "../data/measured";

const maxRows = 300;

const figures = [
  { metric: "makespan", head: "makespan", unit: "s", digits: 1 },
  { metric: "mean_wait", head: "mean wait", unit: "s", digits: 2 },
  { metric: "mean_bounded_slowdown", head: "bounded slowdown", digits: 2 },
] as const;

/** The figures of the runs beside those of the same jobs under the store's simulations. */
export function simulatedSection({ groups }: CampaignData): Markup {
  const cells = groups.workloads.flatMap(({ label, cells: own }) =>
    own.map((cell) => ({ label, cell })),
  );
  const several = groups.workloads.length > 1;
  const rows = cells.flatMap(({ label, cell }) => rowsOf(label, cell, several));
  const unknown = [...new Set(cells.flatMap(({ cell }) => reasons(cell)))];
  return html`<section id="simulated"><h2>Live against simulated</h2>
<p>What textbook policies do with the jobs of the same runs, as they were submitted and as long as they ran, on one machine of as many equal cores and without any delay. Means over the compared runs that were simulated. Where live and simulated figures are close under the scheduler's own policy, the scheduler decides and not its overhead.</p>
${
  rows.length === 0
    ? missing("Live against simulated", unknown.join("; ") || "no run can be compared")
    : html`${table({
        caption: "Live and simulated schedules of the same jobs",
        columns: [
          { head: "system" },
          ...(several ? [{ head: "workload" }] : []),
          { head: "simulated as" },
          { head: "runs", numeric: true },
          ...figures.flatMap(({ head, ...rest }) =>
            [`${head} live`, "simulated"].map((name) => ({
              head: name,
              numeric: true,
              ...("unit" in rest ? { unit: rest.unit } : {}),
            })),
          ),
          { head: "start later than simulated, mean", unit: "s", numeric: true },
        ],
        rows: rows.slice(0, maxRows),
        notes:
          rows.length > maxRows
            ? [`${count(rows.length - maxRows, "further row")} not listed`]
            : [],
      })}${list(unknown)}`
}</section>`;
}

function rowsOf(workload: string, { system, sample }: Cell, several: boolean): TableCell[][] {
  const runs = sample.flatMap(({ repeats }) => repeats);
  return policies.flatMap((policy) => {
    const simulated = runs.filter(
      (run) => typeof figureOf(run, "simulated_makespan", policy) === "number",
    );
    if (simulated.length === 0) return [];
    return [
      [
        { text: named(system), value: system.label },
        ...(several ? [{ text: workload }] : []),
        { text: policy },
        numberCell(simulated.length, 0),
        ...figures.flatMap(({ metric, digits }) => [
          numberCell(meanFigure(simulated, metric), digits),
          numberCell(meanFigure(simulated, `simulated_${metric}`, policy), digits),
        ]),
        numberCell(meanFigure(simulated, "mean_deviation", policy), 2),
      ],
    ];
  });
}

/** Why runs have no simulation, each reason once for a system. */
function reasons({ system, sample }: Cell): string[] {
  return sample.flatMap(({ repeats }) =>
    repeats.flatMap((run) => {
      const simulated = run.metrics.some(({ scope }) => scope === "policy");
      const unfairness = figureOf(run, "unfairness");
      if (simulated) return [];
      const reason = typeof unfairness === "string" ? unfairness : "the store has no simulation";
      return [`${system.label}: not simulated: ${reason}`];
    }),
  );
}
