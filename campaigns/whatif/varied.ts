import { nodesOf } from "../../analysis/emulation";
import { canonicalJson } from "../../base/canonical-json";
import { Failure } from "../../base/failure";
import type { Scheduler } from "../../spec/scheduler";
import { specFacts } from "../../spec/schedulers/facts";
import type { SiteFacts } from "../../spec/schedulers/site-files";
import type { ExperimentSpec } from "../../spec/spec";
import type { CampaignPlan } from "../plan/types";
import { tuplesOfSide } from "./campaign";
import { changesNothing } from "./configurations";

/** What the two sides differ in, as comparisons of runs know it. */
export type WhatVaries = "policy" | "scheduler" | "topology";

/**
 * What differs between the two sides of a plan, in which the files of a site have become nodes and policy.
 * Pure. Throws Failure where runs of the two could not be compared.
 */
export function whatVaries(plan: Pick<CampaignPlan, "tuples">): WhatVaries {
  const [now] = tuplesOfSide(plan, "now");
  const [changed] = tuplesOfSide(plan, "changed");
  if (now === undefined || changed === undefined) throw new Error("a plan without two sides");
  return between(now.spec, changed.spec);
}

function between(now: ExperimentSpec, changed: ExperimentSpec): WhatVaries {
  const differs = (of: (spec: ExperimentSpec) => string) => of(now) !== of(changed);
  if (differs(({ workload }) => canonicalJson(workload))) {
    throw new Failure("with the change the jobs are others, so that nothing else can be told", {
      remedy:
        "who stands for the users of the log comes from the accounts of the site: give both sides the same ones, or set workload.users.names",
    });
  }
  const kind = differs(({ scheduler, image }) => canonicalJson([scheduler.kind, image ?? null]));
  if (!differs(topologyText)) {
    if (kind) return "scheduler";
    if (differs(({ scheduler }) => canonicalJson(scheduler))) return "policy";
    throw changesNothing();
  }
  const [before, after] = [now, changed].map(({ topology }) => nodesOf(canonicalJson(topology)));
  if (before !== after) {
    throw new Failure(
      `the change is from ${before} to ${after}, and their runs cannot be compared`,
      { remedy: "let both sides have emulated nodes, or neither" },
    );
  }
  const rest = apartFromNodes(now.scheduler, changed.scheduler);
  if (kind || rest !== apartFromNodes(changed.scheduler, now.scheduler)) {
    throw new Failure("the change is of the cluster and the scheduler at once", {
      remedy:
        "ask two questions, so that it is known what made the difference; in a site's files, nodes and the partitions that they are in are of the cluster, and the limits of a partition are of the scheduler",
    });
  }
  return "topology";
}

/** Addresses make no difference to jobs. */
function topologyText({ topology }: ExperimentSpec): string {
  return canonicalJson({ ...topology, network: { ...topology.network, cidr: null } });
}

/** One side's scheduler without what a site's files say of the nodes, which is in the topology. */
function apartFromNodes({ kind, policy, site }: Scheduler, otherSide: Scheduler): string {
  const facts: SiteFacts = specFacts[kind].site;
  const files = site?.files;
  const others = otherSide.site?.files ?? {};
  const rest = files === undefined ? files : (facts.withoutNodes?.(files, others) ?? files);
  return canonicalJson({ kind, policy, site: { ...site, files: rest } });
}
