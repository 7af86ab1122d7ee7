import * as pulumi from "@pulumi/pulumi";
import type { ExperimentSpec } from "../spec/spec";
import type { ClusterPlan } from "./plan";
import { changesText } from "./schedulers/changes";
import { siteChanges } from "./schedulers/registry";

/** Prints what of a site's own configuration is otherwise on this cluster; nothing where there is none. */
export async function tellOfSite(spec: ExperimentSpec, plan: ClusterPlan): Promise<void> {
  const changes = siteChanges(spec, plan);
  if (changes.length > 0) await pulumi.log.info(changesText(changes));
}
