import { clockLabel } from "../../clock";
import { emulatedLabel } from "../../emulation";
import { policyLabel } from "../../policy-label";
import { byJobList, type Sample } from "../../statistics/job-lists";
import { storedJson } from "../../stored-json";
import type { Place } from "./pooled";
import { type ReportRun, runMetric } from "./run";

/** One tuple (topology, scheduler, workload) with its runs: repeats of each of its job lists. */
export interface Configuration {
  /** Determines colour, symbol and dash. */
  readonly index: number;
  readonly label: string;
  /** Oldest first; at least one. */
  readonly runs: readonly ReportRun[];
  /** The same runs by job list. Lists of the same name are common to the configurations. */
  readonly jobLists: Sample<ReportRun>;
}

/**
 * Groups the runs by tuple, in the order of their first run, with labels that tell them apart. `places`
 * says where runs belong if job lists are compared together; without it, a tuple has one job list.
 */
export function configurationsOf(
  runs: readonly ReportRun[],
  places: ReadonlyMap<string, Place> | null,
): Configuration[] {
  const groups = new Map<string, ReportRun[]>();
  for (const run of runs) {
    const tuple = places?.get(run.id)?.configuration ?? run.tupleHash;
    const group = groups.get(tuple);
    if (group === undefined) groups.set(tuple, [run]);
    else group.push(run);
  }
  const labels = distinctLabels([...groups.values()].flatMap((group) => group[0] ?? []));
  return [...groups.values()].map((group, index) => ({
    index,
    label: labels[index] ?? "",
    runs: group,
    jobLists: byJobList(
      group.map((value) => ({ jobList: places?.get(value.id)?.jobList ?? "the only one", value })),
    ),
  }));
}

/** The run that represents all repeats in a drawing of a single run: the lower median by makespan. */
export function representative({ runs }: Configuration): ReportRun | undefined {
  const byMakespan = [...runs].sort(
    (a, b) =>
      (runMetric(a, "makespan") ?? Number.POSITIVE_INFINITY) -
      (runMetric(b, "makespan") ?? Number.POSITIVE_INFINITY),
  );
  return byMakespan[Math.floor((runs.length - 1) / 2)];
}

function distinctLabels(firsts: readonly ReportRun[]): string[] {
  const base = firsts.map((run) => configurationLabel(run));
  return firsts.map((run, index) => {
    const alike = firsts.filter((_, other) => base[other] === base[index]);
    const label = base[index] ?? "";
    if (alike.length === 1) return label;
    const difference = differingSettings(
      run,
      alike.filter((other) => other !== run),
    );
    return `${label} (${difference ?? `tuple ${run.tupleHash.slice(0, 8)}`})`;
  });
}

/** The scheduler with what distinguishes its policy from others. */
function configurationLabel(run: ReportRun): string {
  const { scheduler, policy, experiment, emulated, clockFactor } = run;
  const name = scheduler?.split(" ")[0] ?? experiment;
  const label = [name, policyLabel(scheduler, policy)].filter(Boolean).join(": ");
  return clockLabel(emulatedLabel(label, emulated), clockFactor);
}

/** Up to three settings of the spec in which the run differs from one of the others. */
function differingSettings(run: ReportRun, others: readonly ReportRun[]): string | null {
  const own = leaves(storedJson(run.spec));
  const theirs = others.map((other) => leaves(storedJson(other.spec)));
  const differing = [...own].filter(
    ([path, value]) =>
      !path.startsWith("run.") && theirs.some((other) => other.get(path) !== value),
  );
  if (differing.length === 0 || differing.length > 3) return null;
  return differing
    .map(([path, value]) => `${path.split(".").slice(-2).join(".")} ${value}`)
    .join(", ");
}

function leaves(value: unknown, path = ""): Map<string, string> {
  if (typeof value !== "object" || value === null) return new Map([[path, String(value)]]);
  return new Map(
    Object.entries(value).flatMap(([key, entry]) => [
      ...leaves(entry, path === "" ? key : `${path}.${key}`),
    ]),
  );
}
