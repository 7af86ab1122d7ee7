import type { z } from "zod";
import { strict } from "./fields";
import { runSchema } from "./run";
import { schedulerSchema } from "./scheduler";
import { topologySchema } from "./topology";
import { workloadSchema } from "./workload";

/** The tuple: topology, scheduler, workload, and how it is run. Every key has a default. */
export const experimentSchema = strict({
  topology: topologySchema.prefault({}),
  scheduler: schedulerSchema.prefault({}),
  workload: workloadSchema.prefault({}),
  run: runSchema.prefault({}),
});

export type ExperimentSpec = z.infer<typeof experimentSchema>;
