import { apportion } from "./apportion";
import { type Problem, show, suggestion } from "./problems";
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
  trace: replayProblems,
  poisson: replayProblems,
  lublin: replayProblems,
  hpl: partitionProblems,
  hpcg: partitionProblems,
  mixed: mixedProblems,
};

/** Whose jobs follow from the configuration alone. */
function isFixed(kind: WorkloadKind): boolean {
  return kind === "hpl" || kind === "hpcg";
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

function replayProblems(
  workload: Extract<Workload | Component, { kind: "trace" | "poisson" | "lublin" }>,
  place: Place,
): Problem[] {
  const { runtime } = workload;
  const { path } = place;
  const problems = partitionProblems(workload, place);
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
  const problems: Problem[] = [];
  const sum = components.reduce((total, [, { share }]) => total + share, 0);
  if (Math.abs(sum - 1) > tolerance) {
    problems.push({
      path: `${path}.components`,
      message:
        components.length === 0
          ? "expected at least one component"
          : `expected shares that sum to 1, got ${Number(sum.toFixed(6))}`,
    });
  } else {
    const counts = apportion(
      workload.jobs,
      components.map(([, { share }]) => share),
    );
    for (const [index, [name, { share }]] of components.entries()) {
      if (counts[index] !== 0) continue;
      problems.push({
        path: `${path}.components.${name}.share`,
        message: `${share} of ${path}.jobs, ${workload.jobs}, is no job`,
      });
    }
  }
  if (workload.resample !== undefined && components.every(([, { kind }]) => isFixed(kind))) {
    problems.push({
      path: `${path}.resample`,
      message: "none of the components can be drawn anew: each is hpl or hpcg",
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
  }
  return problems;
}
