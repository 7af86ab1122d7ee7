import { elasticPools } from "../../../spec/elastic";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan } from "../../plan";
import type { ElasticPools } from "./elastic";
import { type EmulatedNodes, emulatedNodes } from "./emulated";

/** What a topology asks of the configuration beside its nodes. */
export interface SlurmLayout {
  /** Null where nodes are domains. */
  readonly emulated: EmulatedNodes | null;
  /** Pools whose nodes come and go. */
  readonly elastic: ElasticPools;
}

export function slurmLayout(spec: ExperimentSpec, plan: ClusterPlan): SlurmLayout {
  return { emulated: emulatedNodes(spec, plan), elastic: elasticPools(spec.topology) };
}
