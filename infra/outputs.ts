import * as pulumi from "@pulumi/pulumi";
import type { ExperimentSpec } from "../spec/spec";
import type { Handle, HandleNode, Link } from "./handle";
import type { PreparedHost } from "./host";
import type { KeyPair } from "./keys";
import type { Cluster, ClusterNode } from "./libvirt/cluster";
import type { ClusterPlan, NodePlan } from "./plan";

export interface HandleParts {
  readonly stack: string;
  readonly spec: ExperimentSpec;
  readonly plan: ClusterPlan;
  readonly host: PreparedHost;
  readonly cluster: Cluster;
  readonly accessKey: KeyPair;
  readonly tupleHash: string;
}

const sshPort = 22;

/** What was asked of the node's link, and what of it this host could apply. */
function appliedLink({ link }: NodePlan, shaping: PreparedHost["shaping"]): Link {
  const bandwidthApplied = link.bandwidthMbps !== null && shaping.bandwidth;
  const latencyApplied = link.latencyUs !== null && shaping.latency;
  const complete =
    (link.bandwidthMbps === null || bandwidthApplied) &&
    (link.latencyUs === null || latencyApplied);
  return { ...link, bandwidthApplied, latencyApplied, reason: complete ? null : shaping.reason };
}

function handleNode(
  { plan, publicHostKey }: ClusterNode,
  shaping: PreparedHost["shaping"],
): pulumi.Output<HandleNode> {
  const { name, role, pool, address, vcpus, memoryMiB, gpus } = plan;
  const link = appliedLink(plan, shaping);
  return publicHostKey.apply((hostKey) => ({
    ...{ name, role, pool, address, port: sshPort, vcpus, memoryMiB, gpus, link },
    hostKey: hostKey.split(" ").slice(0, 2).join(" "),
  }));
}

/** The stack's handle; it holds the access key. */
export function stackHandle(parts: HandleParts): pulumi.Output<Handle> {
  const { stack, spec, plan, host, cluster, accessKey, tupleHash } = parts;
  const nodes = pulumi.all(cluster.nodes.map((node) => handleNode(node, host.shaping)));
  return pulumi.all([nodes, accessKey.privateKey, host.uri]).apply(
    ([handleNodes, privateKey, hypervisorUri]): Handle => ({
      version: 1,
      experiment: stack,
      spec,
      tupleHash,
      domain: host.kind,
      cluster: {
        name: plan.name,
        user: "root",
        privateKey,
        nodes: handleNodes,
        partitions: plan.partitions.map(({ name, nodes }) => ({ name, nodes: [...nodes] })),
      },
      conditions: {
        imageMaker: host.image.maker,
        imageRole: host.image.role,
        imageKey: host.image.key,
        ...(host.image.packages && { imagePackages: host.image.packages }),
        hypervisorUri: host.kind === "lxc" ? "lxc:///system" : hypervisorUri,
        overcommit: spec.topology.overcommit,
        networkScale: spec.topology.network.scale,
      },
      store: spec.run.store,
    }),
  );
}
