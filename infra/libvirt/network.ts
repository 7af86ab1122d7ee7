import * as libvirt from "@pulumi/libvirt";
import type * as pulumi from "@pulumi/pulumi";
import type { ClusterPlan } from "../plan";
import { networkTransform } from "./network-transform";

/**
 * The experiment's own bridge. Addresses are static, so neither DHCP nor DNS runs on it;
 * mode `none` has no way out of the host.
 */
export function createNetwork(
  plan: ClusterPlan,
  options: pulumi.CustomResourceOptions,
): libvirt.Network {
  const { network } = plan;
  return new libvirt.Network(
    "network",
    {
      name: network.name,
      bridge: network.bridge,
      mode: network.mode === "nat" ? "nat" : "none",
      addresses: [network.cidr],
      dhcp: { enabled: false },
      dns: { enabled: network.mode === "nat" },
      xml: { xslt: networkTransform },
      autostart: false,
    },
    // An existing network is not replaced because of it, since that would cut off its nodes.
    { ...options, deleteBeforeReplace: true, ignoreChanges: ["xml"] },
  );
}
