import { canonicalJson } from "../../../../base/canonical-json";
import {
  compareConditions,
  mixesNodes,
  nodesField,
  notInDoubt,
  type RunConditions,
} from "../../../conditions";
import type { StoredCampaign, StoredTuple } from "./stored";

/** A completed run that is compared. */
export interface ComparedRun {
  readonly tuple: StoredTuple;
  readonly repeat: number;
  readonly conditions: RunConditions;
}

export interface LeftOut {
  readonly run: string;
  readonly label: string;
  readonly repeat: number;
  readonly reason: string;
}

export interface ComparableCampaign {
  /** In the order of the plan. */
  readonly compared: readonly ComparedRun[];
  /** Completed, but not compared. */
  readonly leftOut: readonly LeftOut[];
  /** Conditions that should be equal and are not, where that was allowed. */
  readonly unequal: readonly string[];
}

/** What no tuple says and every run of a campaign should have in common. */
const ofHost = [
  ...["origin", "code_hash", "code_dirty", "harness_version"],
  ...["host_kernel", "host_cpu_model", "host_cores"],
];
/** What follows from the scheduler and its image. */
const ofImage = ["scheduler_version", "image_role", "image_key", "image_packages", "node_software"];
/** What follows from them and the topology. */
const ofCluster = ["domain", "hypervisor_uri", "node_kernel"];

/** Axes of these sections do not choose an image. */
const notOfImage = /^(topology|workload|run|scheduler)(\.|$)/;

/**
 * The completed runs of the plan that can be compared: those that passed their audit and were made under
 * the conditions of the newest one of their kind. No run is left out for its clock: accelerated runs have
 * controls, and the groups of the report keep clocks of different factors apart. `conditions` are by run;
 * accepted checks are no doubt.
 */
export function comparableCampaign(
  { tuples }: StoredCampaign,
  conditions: ReadonlyMap<string, RunConditions>,
  allowUnequal: boolean,
): ComparableCampaign {
  const done = tuples.flatMap((tuple) =>
    tuple.runs.flatMap(({ progress, runId, repeat }): ComparedRun[] => {
      const own = progress === "done" ? conditions.get(runId ?? "") : undefined;
      return own === undefined ? [] : [{ tuple, repeat, conditions: own }];
    }),
  );
  const inDoubt = done.filter(({ conditions: { fields } }) => fields.audit !== notInDoubt);
  // The store gives conditions oldest first.
  const age = new Map([...conditions.keys()].map((run, index) => [run, index] as const));
  const ordered = done
    .filter((run) => !inDoubt.includes(run))
    .sort((a, b) => (age.get(b.conditions.run) ?? 0) - (age.get(a.conditions.run) ?? 0));
  const [newest] = ordered;
  const otherNodes = ordered.filter(
    (run) => newest !== undefined && mixesNodes([newest.conditions, run.conditions]),
  );
  const newestFirst = ordered.filter((run) => !otherNodes.includes(run));
  const sound = done.filter((run) => newestFirst.includes(run));
  const differing = new Map<ComparedRun, readonly string[]>();
  const references = new Map<string, ComparedRun>();
  for (const run of newestFirst) {
    const differences = groupsOf(run).flatMap(({ key, fields }) => {
      const reference = references.get(key);
      return reference === undefined ? [] : differencesIn(fields, reference, run);
    });
    if (differences.length > 0) differing.set(run, differences);
    if (differences.length > 0 && !allowUnequal) continue;
    for (const { key } of groupsOf(run)) if (!references.has(key)) references.set(key, run);
  }
  return {
    compared: allowUnequal ? sound : sound.filter((run) => !differing.has(run)),
    leftOut: [
      ...inDoubt.map((run) => leftOut(run, doubtText(run))),
      ...otherNodes.map((run) =>
        leftOut(
          run,
          `it was made on ${run.conditions.fields[nodesField]}, the newest on ${newest?.conditions.fields[nodesField]}`,
        ),
      ),
      ...(allowUnequal
        ? []
        : [...differing].map(([run, fields]) =>
            leftOut(run, `made under other conditions than the newest runs: ${fields.join(", ")}`),
          )),
    ],
    unequal: allowUnequal ? [...new Set([...differing.values()].flat())] : [],
  };
}

/** What the run should have in common with which others. */
function groupsOf({ tuple: { axes }, conditions: { fields } }: ComparedRun) {
  const chosen = Object.entries(axes).filter(([axis]) => !notOfImage.test(axis));
  const image = `${fields.scheduler_kind} ${canonicalJson(Object.fromEntries(chosen))}`;
  return [
    { key: "host", fields: ofHost },
    { key: `image ${image}`, fields: ofImage },
    { key: `cluster ${image} ${fields.topology}`, fields: ofCluster },
  ];
}

function differencesIn(fields: readonly string[], a: ComparedRun, b: ComparedRun): string[] {
  const only = ({ conditions: { run, fields: all } }: ComparedRun): RunConditions => ({
    run,
    fields: Object.fromEntries(fields.map((name) => [name, all[name] ?? null])),
  });
  return compareConditions([only(a), only(b)], "nothing").map(({ field }) => field);
}

/** The condition has the failed checks at its end. */
function doubtText({ conditions: { fields } }: ComparedRun): string {
  const [, checks = "an unknown check"] = (fields.audit ?? "").split(" failed in ");
  return `it failed its audit in ${checks}`;
}

function leftOut({ tuple, repeat, conditions }: ComparedRun, reason: string): LeftOut {
  return { run: conditions.run, label: tuple.label, repeat, reason };
}
