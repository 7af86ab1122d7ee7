import { isDeepStrictEqual } from "node:util";
import { Failure } from "../../base/failure";
import { shellQuote } from "../../base/quote";
import type { Handle } from "../../infra/handle";
import { measuredSpec } from "../../infra/tuple";
import { stackSpec, withRange } from "../plan/stack-config";
import type { CampaignCluster, PlannedRun, Tuple } from "../plan/types";

/**
 * The configuration of a cluster's stack for one of its tuples, as `schedlab:*` values. With another tuple
 * of the same policy the cluster is the same; `up` runs nothing on it.
 */
export function clusterConfig(
  { cidr }: Pick<CampaignCluster, "cidr">,
  tuple: Tuple,
): Readonly<Record<string, unknown>> {
  const spec = stackSpec(tuple, { cidr });
  return Object.fromEntries(
    Object.entries({ ...spec, run: { ...spec.run, onUp: false } })
      .filter(([, value]) => value !== undefined)
      .map(([section, value]) => [`schedlab:${section}`, value]),
  );
}

/**
 * The cluster's handle for one of its runs: with the tuple as it was planned, whose address range is the
 * same for all clusters, so that their runs can be compared.
 * @throws Failure when the cluster is not one of this tuple.
 */
export function handleOfRun(
  handle: Handle,
  { tuple, repeat, position }: PlannedRun,
  { campaign, store }: { readonly campaign: string; readonly store: string },
): Handle {
  const spec = measuredSpec(tuple.spec);
  const wanted = withRange(spec, handle.spec.topology.network.cidr);
  for (const part of ["topology", "scheduler", "image"] as const) {
    if (isDeepStrictEqual(plain(handle.spec[part]), plain(wanted[part]))) continue;
    throw new Failure(`stack ${handle.experiment} is up with another ${part} than was planned`, {
      remedy: `take it down, the next campaign run builds it again: npx schedlab campaign down ${campaign} --store ${shellQuote(store)}`,
    });
  }
  return {
    ...handle,
    spec: { ...spec, run: { ...spec.run, repeat: 1 } },
    tupleHash: tuple.hash,
    store,
    campaign: { name: campaign, repeat, position },
  };
}

/** As JSON has it: without keys that are there and undefined. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
