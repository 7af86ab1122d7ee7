import Table from "cli-table3";
import type { TupleTime } from "../campaigns/plan/times";
import type { CampaignPlan, Tuple } from "../campaigns/plan/types";
import type { ShownPlan } from "./campaign-plan-json";

/** Rows of a table before the rest is only counted. */
const mostRows = 40;

/** The plan for a person: tuples, clusters, this host, expected time and budget. */
export function planText(shown: ShownPlan): string {
  return [
    headline(shown),
    tupleTable(shown),
    clusterTable(shown),
    ...hostLines(shown),
    ...timeLines(shown),
    ...notes(shown.plan),
  ].join("\n");
}

function headline({ plan, fit }: ShownPlan): string {
  const { name, tuples, repeats, runs, clusters } = plan;
  const sum = `${counted(tuples.length, "tuple")} × ${counted(repeats, "repeat")}`;
  const up = `${counted(clusters.length, "cluster")}, ${fit.atOnce} at once`;
  return `Campaign ${name}: ${sum} = ${counted(runs.length, "run")} on ${up}`;
}

function tupleTable({ plan, times }: ShownPlan): string {
  const stackOf = new Map(plan.runs.map(({ tuple, stack }) => [tuple, stack]));
  const varied = variedAxes(plan.tuples);
  const rows = plan.tuples
    .slice(0, mostRows)
    .map((tuple) => [
      ...(varied.length === 0 ? [tuple.label] : varied.map((axis) => tuple.axes[axis] ?? "")),
      stackOf.get(tuple) ?? "",
      String(tuple.workload.jobs),
      ...timeCells(times.tuples.get(tuple)),
    ]);
  const head = [...(varied.length === 0 ? ["tuple"] : varied), "cluster", "jobs", "one run", "by"];
  return table(head, rows, plan.tuples.length);
}

function variedAxes(tuples: readonly Tuple[]): string[] {
  const [first] = tuples;
  return Object.keys(first?.axes ?? {}).filter((axis) =>
    tuples.some((tuple) => tuple.axes[axis] !== first?.axes[axis]),
  );
}

function timeCells(time: TupleTime | undefined): string[] {
  if (time === undefined) return ["", ""];
  const { seconds, earlierRuns } = time;
  const source = earlierRuns === 0 ? "planned jobs" : counted(earlierRuns, "earlier run");
  return [timeText(seconds), source];
}

function clusterTable({ plan, fit, times }: ShownPlan): string {
  const rows = plan.clusters.slice(0, mostRows).map((cluster, index) => {
    const { need, problems = [] } = fit.clusters[index] ?? {};
    const time = times.clusters.get(cluster.stack);
    return [
      cluster.stack,
      String(cluster.tuples.length),
      String(cluster.plan.nodes.length),
      String(need?.vcpus ?? ""),
      `${need?.memoryMiB ?? ""} MiB`,
      `${need?.diskGiB ?? ""} GiB`,
      cluster.cidr,
      timeText(time?.bringUp ?? 0),
      timeText(time?.runs ?? 0),
      problems.length === 0 ? "yes" : "no",
    ];
  });
  const head = ["cluster", "tuples", "nodes", "vCPUs", "memory", "disk", "network"];
  return table([...head, "bring-up", "runs", "fits"], rows, plan.clusters.length);
}

function hostLines({ host }: ShownPlan): string[] {
  const disk = Math.floor(host.freeDiskGiB * 10) / 10;
  return [`This host: ${host.cores} cores, ${host.memoryMiB} MiB and ${disk} GiB free`];
}

function timeLines({ plan, times, fit }: ShownPlan): string[] {
  const lines = [`Expected: ${timeText(times.totalSeconds)}, without retries`];
  const { seconds, runs } = plan.budget;
  const limits = [
    ...(seconds === null ? [] : [timeText(seconds)]),
    ...(runs === null ? [] : [counted(runs, "run")]),
  ];
  if (limits.length > 0) {
    const enough =
      times.affordableRuns >= plan.runs.length
        ? "enough"
        : `enough for about ${times.affordableRuns} of ${counted(plan.runs.length, "run")}`;
    lines.push(`Budget: ${limits.join(" or ")}, ${enough}`);
  }
  if (plan.clusters.length > fit.atOnce) {
    lines.push(
      "Not all clusters are up at once: repeats are interleaved between the tuples of those that are",
    );
  }
  return lines;
}

function notes({ tuples }: CampaignPlan): string[] {
  return [...new Set(tuples.flatMap(({ workload }) => workload.notes))].map(
    (note) => `Note: ${note}`,
  );
}

function table(head: string[], rows: string[][], total: number): string {
  const shown = new Table({ head, style: { head: [], border: [] } });
  shown.push(...rows);
  const rest = total - rows.length;
  return rest > 0 ? `${shown}\n… and ${rest} more; --json shows them all` : shown.toString();
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** 6720 → `1 h 52 min`; 80 → `1 min 20 s`. */
export function timeText(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  if (hours > 0) return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  if (minutes > 0) return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  return `${rest} s`;
}
