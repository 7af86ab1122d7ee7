import { elasticPools } from "../../spec/elastic";
import type { ExperimentSpec } from "../../spec/spec";
import { digestOf } from "./digest";
import type { BootstrapStep } from "./step";

/**
 * Lines for a node's step, whose text then changes whenever that of the step `ready` does: a harness that
 * was killed may have left the node's daemons stopped, and `ready` would wait for a node that nobody starts.
 * None where no node can be away, so that a change of the policy is nothing to the nodes.
 */
export function awaitedAgain(
  { topology }: ExperimentSpec,
  { create }: Pick<BootstrapStep, "create">,
): string[] {
  if (elasticPools(topology).size === 0) return [];
  return [`# awaited by ${digestOf(create)}`];
}
