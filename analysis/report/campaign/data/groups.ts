import { canonicalJson } from "../../../../base/canonical-json";
import { clockFactorOf, clockLabel } from "../../../clock";
import { emulatedLabel, isEmulated } from "../../../emulation";
import { drawnWorkload, withoutKeys } from "../../../job-list";
import { policyLabel } from "../../../policy-label";
import { byJobList, type Sample } from "../../../statistics/job-lists";
import { storedJson } from "../../../stored-json";
import type { Shown } from "../../plots/look";
import { groupLabels } from "./labels";
import type { MeasuredRun } from "./measured";
import type { StoredTuple } from "./stored";

/** A tuple with its compared runs; at least one. */
export interface MeasuredTuple {
  readonly tuple: StoredTuple;
  /** Canonical JSON of the specification of one of its runs. */
  readonly spec: string;
  readonly runs: readonly MeasuredRun[];
}

/** Everything of a tuple but its workload: what is compared. */
export interface System extends Shown {
  /** Labels of its parts. */
  readonly kind: string;
  readonly scheduler: string;
  readonly topology: string;
  /** The axes of one of its tuples, without those of the workload. */
  readonly axes: StoredTuple["axes"];
}

/** A system on one workload. */
export interface Cell {
  readonly system: System;
  readonly tuples: readonly MeasuredTuple[];
  /** By the draw of the workload. */
  readonly sample: Sample<MeasuredRun>;
}

/**
 * The systems that were given jobs of one source, drawn with any seed or resample, by clocks of one factor:
 * systems of different factors are never set against each other.
 */
export interface Workload {
  readonly label: string;
  /** Seconds of the scheduler's clock in one of the host's. */
  readonly clockFactor: number;
  readonly cells: readonly Cell[];
}

export interface Groups {
  readonly systems: readonly System[];
  readonly workloads: readonly Workload[];
}

interface Parts {
  readonly tuple: MeasuredTuple;
  readonly system: string;
  /** The system with any clock. */
  readonly unclocked: string;
  readonly clockFactor: number;
  readonly scheduler: string;
  readonly kind: string;
  readonly topology: string;
  readonly source: string;
  readonly draw: string;
}

/** Groups tuples by what is compared and by what they were given, in the order of the plan. */
export function groupsOf(tuples: readonly MeasuredTuple[]): Groups {
  const parts = tuples.map(partsOf);
  const schedulers = labelled(parts, "scheduler", /^(topology|workload)(\.|$)/, policyText);
  const topologies = labelled(parts, "topology", /^(scheduler|workload|image)(\.|$)/, () => "");
  // A control has the name of what it is the control of, but for the factor.
  const labels = labelled(parts, "unclocked", /^(workload|run\.clock)(\.|$)/, policyText);
  const systems = [...new Set(parts.map(({ system }) => system))].map((key, index) => {
    const first = parts.find(({ system }) => system === key);
    const label = labels.get(first?.unclocked ?? "") ?? "";
    const emulated = emulatedLabel(label, isEmulated(first?.tuple.spec ?? null));
    const own = {
      ...{ index, kind: first?.kind ?? "" },
      label: clockLabel(emulated, first?.clockFactor ?? null),
      scheduler: schedulers.get(first?.scheduler ?? "") ?? "",
      topology: topologies.get(first?.topology ?? "") ?? "",
      axes: withoutAxes(first?.tuple.tuple.axes ?? {}, ofWorkload),
    };
    return [key, own] as const;
  });
  const sources = labelled(parts, "source", /^(scheduler|topology|image|run)(\.|$)/, kindText);
  const workloads = [...sources].flatMap(([source, label]) => {
    const given = parts.filter((part) => part.source === source);
    return [...new Set(given.map((part) => part.clockFactor))].map((factor) => ({
      label: clockLabel(label, factor),
      clockFactor: factor,
      cells: systems.flatMap(([key, system]): Cell[] => {
        const own = given.filter((part) => part.clockFactor === factor && part.system === key);
        if (own.length === 0) return [];
        const runs = own.flatMap(({ tuple, draw }) =>
          tuple.runs.map((value) => ({ jobList: draw, value })),
        );
        return [{ system, tuples: own.map(({ tuple }) => tuple), sample: byJobList(runs) }];
      }),
    }));
  });
  return { systems: systems.map(([, system]) => system), workloads };
}

const ofWorkload = /^workload(\.|$)/;

function partsOf(tuple: MeasuredTuple): Parts {
  const spec = object(storedJson(tuple.spec));
  // Clusters that are up together cannot share addresses.
  const topology = canonicalJson(withoutKeys(object(spec.topology), ["network.cidr"]));
  const scheduler = object(spec.scheduler);
  const run = withoutKeys(object(spec.run), ["store", "repeat", "onUp"]);
  const unclocked = [topology, scheduler, spec.image ?? null, withoutKeys(run, ["clock"])];
  const { source, draw } = drawnWorkload(canonicalJson(spec.workload ?? null));
  return {
    tuple,
    system: canonicalJson([topology, scheduler, spec.image ?? null, run]),
    unclocked: canonicalJson(unclocked),
    clockFactor: clockFactorOf(tuple.spec),
    scheduler: canonicalJson(scheduler),
    kind: typeof scheduler.kind === "string" ? scheduler.kind : "unknown scheduler",
    topology,
    source: source ?? "",
    draw: draw ?? "",
  };
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** The values of one of the parts, with their labels. `others` are axes that do not name it. */
function labelled(
  parts: readonly Parts[],
  of: "unclocked" | "scheduler" | "topology" | "source",
  others: RegExp,
  fallback: (part: Parts | undefined) => string,
): ReadonlyMap<string, string> {
  const keys = [...new Set(parts.map((part) => part[of]))];
  const groups = keys.map((key) => parts.filter((part) => part[of] === key));
  const labels = groupLabels(
    groups.map((group) => group.map(({ tuple }) => withoutAxes(tuple.tuple.axes, others))),
    (index) => fallback(groups[index]?.[0]) || String(index + 1),
  );
  return new Map(keys.map((key, index) => [key, labels[index] ?? ""]));
}

function withoutAxes(axes: StoredTuple["axes"], left: RegExp): StoredTuple["axes"] {
  return Object.fromEntries(Object.entries(axes).filter(([axis]) => !left.test(axis)));
}

function policyText(part: Parts | undefined): string {
  if (part === undefined) return "";
  const { policy } = object(storedJson(part.scheduler));
  return [part.kind, policyLabel(part.kind, canonicalJson(policy ?? null))]
    .filter(Boolean)
    .join(": ");
}

function kindText(part: Parts | undefined): string {
  const kind = object(storedJson(part?.source ?? null)).kind;
  return typeof kind === "string" ? kind : "the workload";
}
