import type { z } from "zod";
import { strict } from "./fields";
import { imageSchema } from "./image";
import { runSchema } from "./run";
import { schedulerSchema } from "./scheduler";
import { topologySchema } from "./topology";
import { workloadSchema } from "./workload";

/** The tuple: topology, scheduler, workload, and how it is run; and what its image needs. Every key has a default. */
export const experimentSchema = strict({
  topology: topologySchema.prefault({}),
  scheduler: schedulerSchema.prefault({}),
  workload: workloadSchema.prefault({}),
  run: runSchema.prefault({}),
  /** Absent where it says nothing, so that a tuple without it stays the one that it was. */
  image: imageSchema.optional(),
});

export type ExperimentSpec = z.infer<typeof experimentSchema>;
