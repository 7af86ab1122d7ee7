import { apportion } from "./apportion";
import { shapeProblems } from "./elastic-checks";
import { feedbackProblems } from "./feedback-checks";
import { insistsOn } from "./job-attributes";
import { type Problem, show, suggestion } from "./problems";
import type { Resample } from "./resample";
import { usersBeyond } from "./user-checks";
import type { MixedWorkload, Workload, WorkloadKind } from "./workload";

type Component = MixedWorkload["components"][string];

/** How far the shares of a mixture may miss 1: they are written by hand. */
const tolerance = 1e-6;

/** What is wrong within a workload, or between it and these partitions. */
export function workloadProblems(workload: Workload, partitions: readonly string[]): Problem[] {
  return partsProblems(workload, partitions, "workload", workload.users.count);
}

interface Place {
  readonly partitions: readonly string[];
  readonly path: string;
  /** Users that there are. */
  readonly users: number;
}

type Check<Kind extends WorkloadKind> = (
  workload: Kind extends "mixed" ? MixedWorkload : Extract<Workload | Component, { kind: Kind }>,
  place: Place,
) => Problem[];

/** Exhaustive over the kind: a new workload must say what it checks. */
const checks: { readonly [Kind in WorkloadKind]: Check<Kind> } = {
  trace: traceProblems,
  poisson: replayProblems,
  lublin: replayProblems,
  hpl: partitionProblems,
  hpcg: partitionProblems,
  elastic: (workload, place) => [
    ...replayProblems(workload, place),
    ...shapeProblems(workload.shape, `${place.path}.shape`),
  ],
  mixed: mixedProblems,
};

/** Whose jobs follow from the configuration alone, or are drawn by the seed to fit a demand. */
function isFixed(kind: WorkloadKind): boolean {
  return kind === "hpl" || kind === "hpcg" || kind === "elastic";
}

function partsProblems(
  workload: Workload | Component,
  partitions: readonly string[],
  path: string,
  users: number,
): Problem[] {
  const check = checks[workload.kind] as (
    workload: Workload | Component,
    place: Place,
  ) => Problem[];
  return check(workload, { partitions, path, users });
}

function traceProblems(
  workload: Extract<Workload | Component, { kind: "trace" }>,
  place: Place,
): Problem[] {
  const problems = replayProblems(workload, place);
  if (workload.file === undefined && "jobs" in workload && workload.jobs === "all") {
    problems.push({
      path: `${place.path}.jobs`,
      message: "expected a number: the bundled trace has as many jobs as are asked for",
    });
  }
  if (workload.file === undefined && workload.format !== undefined) {
    problems.push({
      path: `${place.path}.format`,
      message: "expected workload.file beside it: the bundled trace has no format to choose",
    });
  }
  if (workload.file === undefined && workload.badRows !== undefined) {
    problems.push({
      path: `${place.path}.badRows`,
      message: "expected workload.file beside it: the bundled trace has no bad rows",
    });
  }
  if (workload.memory === "drop" && insistsOn(workload.keep, "memory")) {
    const message = "keep has memory, and memory is drop; leave out one of them";
    problems.push({ path: `${place.path}.memory`, message });
  }
  // A component is drawn with its mixture.
  if ("jobs" in workload) problems.push(...drawnProblems(workload, workload.resample, place.path));
  return problems;
}

function drawnProblems(
  workload: Workload | Component,
  resample: Resample | undefined,
  path: string,
): Problem[] {
  return [...idleProblems(workload, resample, path), ...feedbackProblems(workload, resample, path)];
}

/** Waits of the log say when its machine was idle, and do not hold of other jobs. */
function idleProblems(
  workload: Workload | Component,
  resample: Resample | undefined,
  path: string,
): Problem[] {
  if (workload.kind !== "trace" || workload.compressIdle === undefined) return [];
  if (resample === undefined || resample.number === 0) return [];
  const message =
    "compressIdle needs the recorded waits, which a resample does not have; leave out compressIdle or resample";
  return [{ path: `${path}.compressIdle`, message }];
}

function replayProblems(
  workload: Extract<Workload | Component, { kind: "trace" | "poisson" | "lublin" | "elastic" }>,
  place: Place,
): Problem[] {
  const { runtime } = workload;
  const named = "names" in workload.users ? Object.values(workload.users.names ?? {}) : [];
  const { path } = place;
  const problems = [
    ...partitionProblems(workload, place),
    ...usersBeyond(place.users, [...new Set(named)], `${path}.users.names`),
  ];
  if (runtime.min > runtime.max) {
    problems.push({
      path: `${path}.runtime.min`,
      message: `expected at most ${path}.runtime.max, ${runtime.max}, got ${runtime.min}`,
    });
  }
  return problems;
}

function partitionProblems(
  { users }: { readonly users: { readonly partitions: Readonly<Record<string, string>> } },
  { partitions, path, users: count }: Place,
): Problem[] {
  const unknown = Object.entries(users.partitions)
    .filter(([, partition]) => !partitions.includes(partition))
    .map(([user, partition]) => ({
      path: `${path}.users.partitions.${user}`,
      message: `unknown partition ${show(partition)}${suggestion(partition, partitions)} (known: ${partitions.join(", ")})`,
    }));
  const strangers = usersBeyond(count, Object.keys(users.partitions), `${path}.users.partitions`);
  return [...unknown, ...strangers];
}

function mixedProblems(workload: MixedWorkload, { partitions, path, users }: Place): Problem[] {
  const components = Object.entries(workload.components);
  const problems = shareProblems(workload, path);
  if (workload.resample !== undefined && components.every(([, { kind }]) => isFixed(kind))) {
    problems.push({
      path: `${path}.resample`,
      message: "none of the components can be drawn anew: each is hpl, hpcg or elastic",
    });
  }
  for (const [name, component] of components) {
    const own = `${path}.components.${name}`;
    if (component.users.count > users) {
      problems.push({
        path: `${own}.users.count`,
        message: `expected at most ${path}.users.count, ${users}, got ${component.users.count}`,
      });
    }
    problems.push(...partsProblems(component, partitions, own, users));
    problems.push(...drawnProblems(component, workload.resample, own));
  }
  return problems;
}

/** Components of the kind `elastic` have no share: the demand says how many jobs they have. */
function shareProblems({ components, jobs }: MixedWorkload, path: string): Problem[] {
  const shares = Object.entries(components).flatMap(([name, component]) =>
    component.kind === "elastic" ? [] : [{ name, share: component.share }],
  );
  const sum = shares.reduce((total, { share }) => total + share, 0);
  if (Object.keys(components).length === 0) {
    return [{ path: `${path}.components`, message: "expected at least one component" }];
  }
  if (shares.length === 0) return [];
  if (Math.abs(sum - 1) > tolerance) {
    const message = `expected shares that sum to 1, got ${Number(sum.toFixed(6))}`;
    return [{ path: `${path}.components`, message }];
  }
  const counts = apportion(
    jobs,
    shares.map(({ share }) => share),
  );
  return shares
    .filter((_, index) => counts[index] === 0)
    .map(({ name, share }) => ({
      path: `${path}.components.${name}.share`,
      message: `${share} of ${path}.jobs, ${jobs}, is no job`,
    }));
}
