import type { ClusterPlan } from "../plan";
import type { InstalledFile } from "./shell";

/** Every node by name, so that no look-up ever waits for a name server. */
export function hostsFile(plan: ClusterPlan): InstalledFile {
  const lines = plan.nodes.map(({ address, name }) => `${address} ${name}`);
  return {
    path: "/etc/hosts",
    mode: "0644",
    owner: "root:root",
    content: ["127.0.0.1 localhost", "::1 localhost", ...lines].join("\n"),
  };
}
