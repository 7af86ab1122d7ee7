import type { DomainKind } from "../spec/topology";
import type { ClusterPlan } from "./plan";
import type { BootstrapStep } from "./schedulers/step";

/** A container's link is delayed by the host when it is made; a machine's by its own kernel. */
const delayedInside: Record<DomainKind, boolean> = { lxc: false, kvm: true, qemu: true };

/**
 * Steps that delay what each node sends, where the topology asks for it and the node's own kernel
 * does it.
 */
export function linkSteps(plan: ClusterPlan, kind: DomainKind): BootstrapStep[] {
  if (!delayedInside[kind]) return [];
  return plan.nodes.flatMap(({ name, link }) =>
    link.latencyUs === null
      ? []
      : [
          {
            name: `link-${name}`,
            host: name,
            needs: [],
            create: `tc qdisc replace dev eth0 root netem delay ${link.latencyUs}us`,
            check: "tc qdisc show dev eth0 | grep -q netem",
          },
        ],
  );
}
