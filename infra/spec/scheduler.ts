import { z } from "zod";
import { strict, variants } from "./fields";
import { slurmPolicySchema } from "./slurm";

export const schedulerKinds = ["slurm"] as const;

export const schedulerSchema = variants("kind", schedulerKinds, [
  strict({ kind: z.literal("slurm"), policy: slurmPolicySchema.prefault({}) }),
]);

export type Scheduler = z.infer<typeof schedulerSchema>;
export type SchedulerKind = Scheduler["kind"];
