import type { Handle } from "../../infra/handle";
import { parseSpec } from "../../spec/parse";

const node = (
  name: string,
  role: "controller" | "compute",
): Handle["cluster"]["nodes"][number] => ({
  name,
  role,
  pool: role === "controller" ? "controller" : "nodes",
  address: "10.77.0.10",
  port: 22,
  hostKey: "ssh-ed25519 AAAA",
  vcpus: 1,
  memoryMiB: 512,
  gpus: 0,
  link: {
    bandwidthMbps: null,
    latencyUs: 40,
    bandwidthApplied: false,
    latencyApplied: false,
    reason: "the kernel has no netem",
  },
});

/** Of one node beside the controller. */
export const exampleHandle: Handle = {
  version: 1,
  experiment: "dev",
  spec: parseSpec({}),
  tupleHash: "0".repeat(64),
  domain: "lxc",
  cluster: {
    name: "schedlab-dev",
    user: "root",
    privateKey: "secret",
    nodes: [node("controller", "controller"), node("node01", "compute")],
    partitions: [{ name: "nodes", nodes: ["node01"] }],
  },
  conditions: {
    imageMaker: "debian",
    imageRole: "slurm",
    imageKey: "key",
    hypervisorUri: "qemu:///system",
    overcommit: { cores: 1, memory: 1 },
    networkScale: 1,
  },
  store: "results/schedlab.duckdb",
};
