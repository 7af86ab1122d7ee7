import type { SlurmPolicy } from "../../../spec/schedulers/slurm/policy";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan } from "../../plan";
import type { Change } from "../changes";
import { slurmChanges } from "./configuration";
import { slurmLayout } from "./layout";
import { userChanges } from "./site/accounts";

/** All that is otherwise here than in the site's files; nothing without a site. */
export function slurmSiteChanges(
  policy: SlurmPolicy,
  spec: ExperimentSpec,
  plan: ClusterPlan,
): Change[] {
  const layout = slurmLayout(spec, plan);
  if (layout.site === null) return [];
  return [...slurmChanges(policy, plan, layout), ...userChanges(layout.site.site, spec)];
}
