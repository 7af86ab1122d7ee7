import { createHash } from "node:crypto";
import { canonicalJson } from "../base/canonical-json";
import type { ExperimentSpec } from "../spec/spec";
import type { DomainKind } from "../spec/topology";
import type { ClusterPlan } from "./plan";

/** The specification without what only says when `pulumi up` runs it. */
export function measuredSpec({
  run: { onUp: _, ...run },
  ...spec
}: ExperimentSpec): ExperimentSpec {
  return { ...spec, run };
}

/** All that decides what an experiment measures; a change of any of it calls for a new run. */
export interface TupleParts {
  readonly spec: ExperimentSpec;
  readonly plan: ClusterPlan;
  /** The kind that `auto` became. */
  readonly domain: DomainKind;
  readonly imageKey: string;
  readonly codeVersion: string;
  /** SHA-256 of the trace's content, null for a workload without a file. */
  readonly traceHash: string | null;
  /** SHA-256 of the user's own program, null for a workload without one. */
  readonly programHash: string | null;
}

/** SHA-256 in hex over the parts; the order in which keys were written does not matter. */
export function tupleHash(parts: TupleParts): string {
  return createHash("sha256").update(canonicalJson(parts)).digest("hex");
}
