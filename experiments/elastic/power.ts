import { stackDirectory } from "../../host/owner";
import { type PoweredDomain, turnOff, turnOn } from "../../host/power";
import type { Handle } from "../../infra/handle";
import type { Power } from "./provisioner";

/** Turns the domains of a handle's nodes on and off, on the hypervisor that they were made on. */
export function nodePower(handle: Handle): Power {
  const { cluster, conditions, domain } = handle;
  const domainOf = (name: string): PoweredDomain => {
    const node = cluster.nodes.find((known) => known.name === name);
    if (node === undefined) throw new Error(`no node ${name} in ${cluster.name}`);
    const { bandwidthMbps, latencyUs, bandwidthApplied, latencyApplied } = node.link;
    return {
      kind: domain,
      uri: conditions.hypervisorUri,
      stack: handle.experiment,
      domainName: `${cluster.name}-${name}`,
      stateDir: stackDirectory(cluster.name),
      networkName: cluster.name,
      bandwidthMbps: bandwidthApplied ? bandwidthMbps : null,
      latencyUs: latencyApplied ? latencyUs : null,
    };
  };
  return { on: (node) => turnOn(domainOf(node)), off: (node) => turnOff(domainOf(node)) };
}
