import { parseCidr } from "../../../spec/network";
import { podSubnet } from "../../../spec/schedulers/kubernetes/pod-network";
import type { ClusterPlan, NodePlan } from "../../plan";
import type { InstalledFile } from "../shell";
import { unitPath } from "./unit";

export const routesUnit = "schedlab-pod-routes";
const routesScriptPath = "/usr/local/lib/schedlab/pod-routes";
const bridgeConfigPath = "/etc/cni/net.d/10-schedlab.conflist";

/**
 * A bridge for the node's pods, and routes to the pods of every other node. So every pod can reach every
 * other one without an overlay network or address translation. A script sets the routes at each boot.
 */
export function podNetworkFiles(plan: ClusterPlan, node: NodePlan): InstalledFile[] {
  const bridge = {
    cniVersion: "1.0.0",
    name: "schedlab",
    plugins: [
      {
        type: "bridge",
        bridge: "pods0",
        isGateway: true,
        ipMasq: false,
        ipam: {
          type: "host-local",
          ranges: [[{ subnet: podSubnet(cidrOf(plan), node.address) }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
    ],
  };
  return [
    file(bridgeConfigPath, "0644", [JSON.stringify(bridge, null, 2)]),
    ...podRoutesFiles(plan, node),
  ];
}

function cidrOf(plan: ClusterPlan) {
  const cidr = parseCidr(plan.network.cidr);
  if (cidr === undefined) throw new RangeError(`not a network: ${plan.network.cidr}`);
  return cidr;
}

function file(path: string, mode: string, lines: readonly string[]): InstalledFile {
  return { path, mode, owner: "root:root", content: lines.join("\n") };
}

/** Routes from a node to the pods of all others. The API server's answers to pods need them too. */
export function podRoutesFiles(plan: ClusterPlan, node: NodePlan): InstalledFile[] {
  const cidr = cidrOf(plan);
  const others = plan.nodes.filter(({ role, name }) => role === "compute" && name !== node.name);
  return [
    file(routesScriptPath, "0755", [
      "#!/bin/sh -e",
      "echo 1 > /proc/sys/net/ipv4/ip_forward",
      ...others.map(({ address }) => `ip route replace ${podSubnet(cidr, address)} via ${address}`),
    ]),
    file(unitPath(routesUnit), "0644", [
      "[Unit]",
      "Description=Routes to the other nodes' pods",
      "After=schedlab-seed.service",
      "Before=kubelet.service",
      "",
      "[Service]",
      "Type=oneshot",
      "RemainAfterExit=yes",
      `ExecStart=${routesScriptPath}`,
      "",
      "[Install]",
      "WantedBy=multi-user.target",
    ]),
  ];
}

/** The unit is restarted when these change. */
export const routesFiles = [routesScriptPath];
