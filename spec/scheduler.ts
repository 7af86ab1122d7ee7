import { z } from "zod";
import { strict, variants } from "./fields";
import { kubernetesPolicySchema } from "./kubernetes";
import { slurmPolicySchema } from "./slurm";

export const schedulerKinds = ["slurm", "kubernetes"] as const;

export const schedulerSchema = variants(
  "kind",
  schedulerKinds,
  [
    strict({ kind: z.literal("slurm"), policy: slurmPolicySchema.prefault({}) }),
    strict({ kind: z.literal("kubernetes"), policy: kubernetesPolicySchema.prefault({}) }),
  ],
  "slurm",
);

export type Scheduler = z.infer<typeof schedulerSchema>;
export type SchedulerKind = Scheduler["kind"];
