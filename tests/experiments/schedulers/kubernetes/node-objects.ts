/** A node as the API server has it when all is well. */
export function readyNode(
  name: string,
  { partition = "nodes", cores = "2", gpus = 0, heartbeat = "2026-11-26T06:00:00Z" } = {},
) {
  return {
    metadata: {
      name,
      labels: { [`schedlab.local/partition-${partition}`]: "true", "kubernetes.io/hostname": name },
    },
    spec: {},
    status: {
      allocatable: { cpu: cores, ...(gpus === 0 ? {} : { "schedlab.local/gpu": String(gpus) }) },
      conditions: [
        { type: "MemoryPressure", status: "False", lastHeartbeatTime: heartbeat },
        { type: "Ready", status: "True", lastHeartbeatTime: heartbeat },
      ],
    },
  };
}
