import type { HandleNode } from "../../../../infra/handle";

export function handleNode(change: Partial<HandleNode>): HandleNode {
  return {
    name: "node01",
    role: "compute",
    pool: "nodes",
    address: "10.77.0.11",
    port: 22,
    hostKey: "ssh-ed25519 AAAA",
    vcpus: 2,
    memoryMiB: 512,
    gpus: 0,
    link: {
      bandwidthMbps: null,
      latencyUs: null,
      bandwidthApplied: false,
      latencyApplied: false,
      reason: null,
    },
    ...change,
  };
}
