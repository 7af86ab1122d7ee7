import Table from "cli-table3";
import { auditNotes, markOf } from "./audits";
import { clockLabel } from "./clock";
import type { ConditionGroup } from "./conditions";
import { policyLabel } from "./policy-label";
import type { BenchmarkResult, ResultRow } from "./results";

interface Column {
  readonly head: string;
  readonly metric: string;
  /** The figure of a simulated schedule that is shown below it. */
  readonly simulated?: string;
  /** Shown only in tables of runs of which one has it. */
  readonly optional?: boolean;
  readonly digits: number;
  readonly factor?: number;
}

const columns: readonly Column[] = [
  { head: "users", metric: "users", digits: 0 },
  { head: "makespan\n(s)", metric: "makespan", simulated: "simulated_makespan", digits: 1 },
  { head: "mean\nwait (s)", metric: "mean_wait", simulated: "simulated_mean_wait", digits: 2 },
  { head: "99 % of\nwaits (s)", metric: "p99_wait", digits: 1 },
  {
    head: "mean turn-\naround (s)",
    metric: "mean_turnaround",
    simulated: "simulated_mean_turnaround",
    digits: 2,
  },
  {
    head: "bounded\nslowdown",
    metric: "mean_bounded_slowdown",
    simulated: "simulated_mean_bounded_slowdown",
    digits: 3,
  },
  { head: "slowdown\nby area", metric: "area_weighted_bounded_slowdown", digits: 3 },
  {
    head: "utilisation\n(%)",
    metric: "utilisation",
    simulated: "simulated_utilisation",
    digits: 1,
    factor: 100,
  },
  { head: "GPUs\n(%)", metric: "gpu_utilisation", digits: 1, factor: 100, optional: true },
  {
    head: "memory\n(%)",
    metric: "memory_utilisation",
    digits: 1,
    factor: 100,
    optional: true,
  },
  { head: "Jain", metric: "jain", digits: 3 },
  { head: "θᵤ + θₒ\n(%)", metric: "provisioning_deviation", digits: 1, optional: true },
  { head: "node\nseconds", metric: "node_seconds", digits: 0, optional: true },
  { head: "of an\noracle's", metric: "node_seconds_ratio", digits: 2, optional: true },
  { head: "failed", metric: "failed_jobs", digits: 0 },
];

function columnsOf(results: readonly ResultRow[]): readonly Column[] {
  return columns.filter(
    ({ optional, metric }) =>
      optional !== true || results.some(({ metrics }) => typeof metrics[metric] === "number"),
  );
}

/**
 * A table for people; unknown figures are dashes, explained below the table. Runs made under unequal
 * conditions are in separate tables, with what differs from the first one.
 */
export function resultsTable(
  results: readonly ResultRow[],
  groups: readonly ConditionGroup[],
): string {
  if (results.length === 0) return "the store holds no run yet";
  const tables = groups.map(({ runs, differences }, index) => {
    const own = results.filter(({ run }) => runs.includes(run));
    const shown = columnsOf(own);
    const text = [tableOf(own, shown), ...own.flatMap((row) => notes(row, shown))].join("\n");
    if (groups.length === 1) return text;
    const title =
      index === 0
        ? "conditions 1"
        : `conditions ${index + 1}, not comparable with 1: ${differences.map(differenceText).join("; ")}`;
    return `${title}\n${text}`;
  });
  return tables.join("\n\n");
}

const longestValue = 40;

function differenceText({ field, values }: ConditionGroup["differences"][number]): string {
  if (field === "audit") return `audit ${values[1]?.value ?? "unknown"}`;
  const [first, own] = values.map(({ value }) => value ?? "unknown");
  if ((first?.length ?? 0) > longestValue || (own?.length ?? 0) > longestValue) {
    return `another ${field}`;
  }
  return `${field} ${own} instead of ${first}`;
}

function tableOf(results: readonly ResultRow[], shown: readonly Column[]): string {
  const table = new Table({
    head: ["run", "experiment", "scheduler", "jobs", ...shown.map(({ head }) => head)],
    colAligns: ["left", "left", "left", ...shown.map(() => "right" as const), "right"],
    style: { head: [], border: [] },
  });
  for (const row of results) {
    const simulated = Object.entries(row.simulated);
    // Below the live figures, past the second line of the scheduler's cell.
    const below = (text: string, values: readonly string[]) =>
      simulated.length === 0
        ? text
        : [...text.split("\n"), "", ""].slice(0, 2).concat(values).join("\n");
    table.push([
      row.status === "completed" ? row.run : `${row.run}\n${row.status}`,
      [row.experiment, clusterText(row)].join("\n").trimEnd(),
      below(
        [row.scheduler ?? "", policyLabel(row.scheduler, row.policy)].join("\n").trimEnd(),
        simulated.map(([policy]) => `simulated ${policy}`),
      ),
      below(
        marked(jobsText(row), markOf(row.audit, "n")),
        simulated.map(([, figures]) => valueText(figures.simulated_jobs, { digits: 0 })),
      ),
      ...shown.map((column) =>
        below(
          marked(valueText(row.metrics[column.metric], column), markOf(row.audit, column.metric)),
          simulated.map(([, figures]) =>
            column.simulated === undefined ? "" : valueText(figures[column.simulated], column),
          ),
        ),
      ),
    ]);
  }
  return table.toString();
}

/** `lxc`, `lxc emulated nodes (clock ×10)` */
function clusterText({ domain, emulated, clockFactor }: ResultRow): string {
  const nodes = [domain ?? "", emulated ? "emulated nodes" : ""].join(" ").trim();
  return clockLabel(nodes, clockFactor);
}

function marked(text: string, mark: string): string {
  return mark === "" ? text : `${text} ${mark}`;
}

function valueText(
  value: number | null | undefined,
  { digits, factor = 1 }: Pick<Column, "digits" | "factor">,
): string {
  return value === null || value === undefined ? "–" : (value * factor).toFixed(digits);
}

/** The number of jobs that count, out of those planned. */
function jobsText({ metrics, plannedJobs }: ResultRow): string {
  const counted = metrics.n ?? 0;
  return plannedJobs === null || plannedJobs === counted
    ? String(counted)
    : `${counted} of ${plannedJobs}`;
}

function notes(row: ResultRow, shown: readonly Column[]): string[] {
  const unknown = new Map<string, string[]>();
  for (const { metric } of shown) {
    const reason = row.reasons[metric];
    if (reason !== undefined) unknown.set(reason, [...(unknown.get(reason) ?? []), metric]);
  }
  return [
    ...(row.reason === null ? [] : [`${row.status}: ${row.reason}`]),
    ...(row.harnessLimited === true
      ? [`the harness set the pace: ${row.harnessExplanation ?? "no explanation"}`]
      : []),
    ...((row.badRecords ?? 0) > 0
      ? [
          `${row.badRecords} of its records could not be read and are missing from every figure ` +
            `(${(row.badPlaces ?? []).join(", ")})`,
        ]
      : []),
    ...auditNotes(row.audit),
    ...row.benchmarks.map(benchmarkText),
    ...[...unknown].map(([reason, metrics]) => `${metrics.join(", ")} unknown: ${reason}`),
  ].map((note) => `${row.run}: ${note}`);
}

/** `hpl: 2 of 3 jobs passed, 1.95 Gflop/s on 4 ranks, efficiency 0.42`, with reasons for what is missing. */
function benchmarkText(benchmark: BenchmarkResult): string {
  const { program, jobs, failed, ranks, gflops, efficiency, reason, efficiencyReason } = benchmark;
  const parts = [`${program}: ${jobs - failed} of ${jobs} jobs passed`];
  if (failed > 0) parts.push(`not passed: ${reason}`);
  if (gflops !== null) {
    parts.push(`${gflops.toPrecision(3)} Gflop/s on ${ranks} rank${ranks === 1 ? "" : "s"}`);
    parts.push(
      efficiency === null
        ? `efficiency unknown: ${efficiencyReason}`
        : `parallel efficiency ${efficiency.toFixed(3)}`,
    );
  }
  return parts.join(", ");
}
