import { Failure } from "../../base/failure";
import { clockConditionFactor, clockLabel } from "../clock";
import {
  clockField,
  compareConditions,
  type Difference,
  differencesText,
  fixedConditions,
  neverCompared,
  nodesField,
  type RunConditions,
  type Varied,
} from "../conditions";
import { emulatedLabel, nodesAre } from "../emulation";
import { policyLabel } from "../policy-label";
import { placeOf, withoutDraw } from "../report/data/pooled";

/** Runs that were made under the same conditions. */
export interface RunGroup {
  readonly runs: readonly string[];
  readonly fields: RunConditions["fields"];
}

/** One tuple with the runs of each of its job lists. */
export interface CheckedTuple {
  readonly label: string;
  /** Without the draw of its jobs; `run` is one of its runs. */
  readonly conditions: RunConditions;
  /** By job list. */
  readonly runs: ReadonlyMap<string, readonly string[]>;
}

export interface TuplePair {
  readonly baseline: CheckedTuple;
  readonly candidate: CheckedTuple;
  /** Conditions in which they differ although they should not. */
  readonly unequal: readonly Difference[];
}

export interface UnusedBaseline {
  readonly baseline: CheckedTuple;
  /** From the candidate that is nearest to it; empty where one of the same conditions has a nearer baseline. */
  readonly differsIn: readonly string[];
}

/** Gathers the groups that differ in the draw of their jobs alone. */
export function tuplesOf(groups: readonly RunGroup[]): CheckedTuple[] {
  const tuples = new Map<string, { conditions: RunConditions; runs: Map<string, string[]> }>();
  for (const { runs, fields } of groups) {
    const conditions = { run: runs[0] ?? "", fields };
    const { configuration, jobList } = placeOf(conditions);
    const tuple = tuples.get(configuration) ?? {
      conditions: withoutDraw(conditions),
      runs: new Map<string, string[]>(),
    };
    tuple.runs.set(jobList, [...(tuple.runs.get(jobList) ?? []), ...runs]);
    tuples.set(configuration, tuple);
  }
  return [...tuples.values()].map((tuple) => ({ ...tuple, label: labelOf(tuple.conditions) }));
}

function labelOf({ fields }: RunConditions): string {
  const scheduler = [fields.scheduler_kind, fields.scheduler_version].filter(Boolean).join(" ");
  const policy = policyLabel(scheduler === "" ? null : scheduler, fields.policy ?? null);
  const label = [scheduler === "" ? "a recorded log" : scheduler, policy]
    .filter(Boolean)
    .join(": ");
  const emulated = emulatedLabel(label, fields[nodesField] === nodesAre.emulated);
  return clockLabel(emulated, clockConditionFactor(fields[clockField] ?? null));
}

/**
 * Each candidate with the baseline that it is to be held against: of those under equal conditions the one
 * that differs from it in the fewest, such as the one of the same policy. Throws Failure where no
 * candidate has a baseline, or one has several that are equally near.
 */
export function pairTuples(
  baselines: readonly CheckedTuple[],
  candidates: readonly CheckedTuple[],
  varied: Varied,
  allowUnequal: boolean,
): {
  readonly pairs: readonly TuplePair[];
  readonly unpaired: readonly CheckedTuple[];
  /** Tuples of the baseline that no candidate is held against. */
  readonly unused: readonly UnusedBaseline[];
} {
  const byConditions = new Map<string, CheckedTuple[]>();
  for (const baseline of baselines) {
    const key = fixedConditions(baseline.conditions, varied);
    byConditions.set(key, [...(byConditions.get(key) ?? []), baseline]);
  }
  const pairs: TuplePair[] = [];
  const unpaired: CheckedTuple[] = [];
  for (const candidate of candidates) {
    const equal = byConditions.get(fixedConditions(candidate.conditions, varied));
    const alike = baselines.filter((baseline) => incomparable(baseline, candidate) === undefined);
    const [baseline, ...others] = nearest(candidate, equal ?? (allowUnequal ? alike : []));
    if (baseline === undefined) unpaired.push(candidate);
    else if (others.length > 0) throw ambiguous(candidate, [baseline, ...others]);
    else {
      const unequal = differences(baseline, candidate, varied);
      pairs.push({ baseline, candidate, unequal });
    }
  }
  if (pairs.length === 0) throw unequalConditions(baselines, candidates, varied);
  const used = new Set(pairs.map(({ baseline }) => baseline));
  const unused = baselines
    .filter((baseline) => !used.has(baseline))
    .map((baseline) => {
      const [candidate] = nearest(baseline, candidates);
      const found = candidate === undefined ? [] : differences(candidate, baseline, varied);
      return { baseline, differsIn: found.map(({ field }) => field) };
    });
  return { pairs, unpaired, unused };
}

function incomparable(a: CheckedTuple, b: CheckedTuple): string | undefined {
  return neverCompared([a.conditions, b.conditions])?.problem;
}

function differences(a: CheckedTuple, b: CheckedTuple, varied: Varied): Difference[] {
  return compareConditions([a.conditions, b.conditions], varied);
}

/** Of these, those that differ in the fewest conditions, the varied ones included. */
function nearest(candidate: CheckedTuple, among: readonly CheckedTuple[]): CheckedTuple[] {
  const distances = among.map((other) => differences(other, candidate, "nothing").length);
  const least = Math.min(...distances);
  return among.filter((_, index) => distances[index] === least);
}

function ambiguous({ label }: CheckedTuple, baselines: readonly CheckedTuple[]): Failure {
  return new Failure(`several tuples of the baseline are as near to the candidate ${label}`, {
    detail: baselines
      .map((tuple) => `${tuple.label}: ${[...tuple.runs.values()].flat().join(", ")}`)
      .join("\n"),
    remedy: "name the runs of one of them with --baseline",
  });
}

function unequalConditions(
  baselines: readonly CheckedTuple[],
  candidates: readonly CheckedTuple[],
  varied: Varied,
): Failure {
  const [candidate] = candidates;
  const [baseline] = candidate === undefined ? [] : nearest(candidate, baselines);
  const found =
    candidate === undefined || baseline === undefined
      ? []
      : differences(baseline, candidate, varied);
  const fields = found.map(({ field }) => field).join(", ");
  const never =
    candidate === undefined || baseline === undefined
      ? undefined
      : incomparable(baseline, candidate);
  if (never !== undefined) {
    return new Failure(never, {
      detail: differencesText(found),
      remedy: "choose runs of one kind with --baseline and --candidate",
    });
  }
  return new Failure(
    `baseline and candidate were made under unequal conditions: they differ in ${fields}`,
    {
      detail: differencesText(found),
      remedy:
        "choose comparable runs, say with --vary what was varied on purpose, or compare them all the " +
        "same with --allow-unequal",
    },
  );
}
