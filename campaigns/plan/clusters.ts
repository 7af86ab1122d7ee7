import { type ClusterPlan, planCluster } from "../../infra/plan";
import type { Composed } from "./compose";
import { clusterHash } from "./hash";
import { clusterRanges } from "./ranges";
import { withRange } from "./stack-config";

/** Tuples that share a cluster, before their workloads are known. */
export interface ClusterGroup {
  readonly stack: string;
  readonly hash: string;
  readonly cidr: string;
  readonly plan: ClusterPlan;
  readonly members: readonly Composed[];
}

/** Digits of the hash in a stack's name: with 100,000 clusters two of them are equal once in a campaign. */
const digits = 8;

/** Groups the tuples by what can only be changed with the cluster, in the order of their first ones. */
export function clusterGroups(
  campaign: string,
  composed: readonly Composed[],
): readonly ClusterGroup[] | { readonly lacking: readonly Composed[] } {
  const groups = new Map<string, Composed[]>();
  for (const one of composed) {
    const hash = clusterHash(one.spec);
    const group = groups.get(hash);
    if (group === undefined) groups.set(hash, [one]);
    else group.push(one);
  }
  const named = [...groups].map(([hash, members]) => ({ hash, members, first: members[0] }));
  const ranges = clusterRanges(
    named.map(({ hash, first }) => ({ hash, cidr: first?.spec.topology.network.cidr ?? "" })),
  );
  const lacking = named.filter(({ hash }) => ranges.get(hash) === undefined);
  if (lacking.length > 0) return { lacking: lacking.flatMap(({ members }) => members) };
  return named.flatMap(({ hash, members, first }) => {
    const cidr = ranges.get(hash);
    if (first === undefined || cidr === undefined) return [];
    const stack = `${campaign}-${hash.slice(0, digits)}`;
    const plan = planCluster(withRange(first.spec, cidr), { stack });
    return [{ stack, hash, cidr, plan, members }];
  });
}
