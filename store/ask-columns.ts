import type { Columns } from "./append";
import type { JobRecord } from "./record";

/** What a job asked for beside cores, memory, GPUs, partition and time limit; NULL for nothing of the kind. */
export const askColumns: Columns<JobRecord> = {
  requested_nodes: ({ planned }) => planned.nodes ?? null,
  gpu_type: ({ planned }) => planned.gpuType ?? null,
  constraint_: ({ planned }) => planned.constraint ?? null,
  qos: ({ planned }) => planned.qos ?? null,
  account: ({ planned }) => planned.account ?? null,
  priority: ({ planned }) => planned.priority ?? null,
  eligible_after_s: ({ planned }) => planned.eligibleAfterSeconds ?? null,
};
