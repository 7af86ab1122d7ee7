import { isDeepStrictEqual } from "node:util";
import { Failure } from "../../base/failure";
import type { Handle } from "../../infra/handle";
import { measuredSpec } from "../../infra/tuple";
import type { ExperimentSpec } from "../../spec/spec";
import type { CampaignCluster, PlannedRun } from "../plan/types";

/**
 * The configuration of a cluster's stack, as `schedlab:*` values. What its tuples do not have in common
 * is nothing that the cluster is built from, so that any of them will do; `up` runs nothing on it.
 */
export function clusterConfig({
  stack,
  cidr,
  tuples,
}: CampaignCluster): Readonly<Record<string, unknown>> {
  const [tuple] = tuples;
  if (tuple === undefined) throw new Error(`cluster ${stack} has no tuple`);
  const { topology, run, ...sections } = measuredSpec(tuple.spec);
  const configured = {
    ...sections,
    topology: onRange(topology, cidr),
    run: { ...run, repeat: 1, onUp: false },
  };
  return Object.fromEntries(
    Object.entries(configured)
      .filter(([, value]) => value !== undefined)
      .map(([section, value]) => [`schedlab:${section}`, value]),
  );
}

function onRange(topology: ExperimentSpec["topology"], cidr: string): ExperimentSpec["topology"] {
  return { ...topology, network: { ...topology.network, cidr } };
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
  const { cidr } = handle.spec.topology.network;
  const wanted = { ...spec, topology: onRange(spec.topology, cidr) };
  for (const part of ["topology", "scheduler", "image"] as const) {
    if (isDeepStrictEqual(plain(handle.spec[part]), plain(wanted[part]))) continue;
    throw new Failure(`stack ${handle.experiment} is up with another ${part} than was planned`, {
      remedy: `take it down, the next campaign run builds it again: npx schedlab campaign down ${campaign}`,
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
