import { elasticPools } from "../../../spec/elastic";
import type { SlurmPolicy } from "../../../spec/schedulers/slurm/policy";
import { keepsAccounts } from "../../../spec/schedulers/slurm/site/site";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan } from "../../plan";
import type { ElasticPools } from "./elastic";
import { type EmulatedNodes, emulatedNodes } from "./emulated";
import { needsAccounting } from "./policy";
import { type SiteLayout, siteLayout } from "./site/layout";

/** What a topology and a site ask of the configuration beside the policy. */
export interface SlurmLayout {
  /** Null where nodes are domains. */
  readonly emulated: EmulatedNodes | null;
  /** Pools whose nodes come and go. */
  readonly elastic: ElasticPools;
  /** Null where the policy is our own. */
  readonly site: SiteLayout | null;
}

export function slurmLayout(spec: ExperimentSpec, plan: ClusterPlan): SlurmLayout {
  const site = siteLayout(spec);
  return {
    emulated: emulatedNodes(spec, plan, site),
    elastic: elasticPools(spec.topology),
    site,
  };
}

/** Whether slurmdbd and its database are needed. */
export function hasAccounts(policy: SlurmPolicy, { site }: Pick<SlurmLayout, "site">): boolean {
  return site === null ? needsAccounting(policy) : keepsAccounts(site.site);
}
