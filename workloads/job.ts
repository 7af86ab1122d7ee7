import { z } from "zod";
import { orderShape } from "./order";

/**
 * One job as every scheduler receives it: the product of a workload spec, equal for each backend.
 * Times are seconds after the time factor; `submitSeconds` counts from the start of the replay.
 */
export const workloadJobSchema = z.strictObject({
  /** 1-based, in order of submission. */
  id: z.int().positive(),
  submitSeconds: z.number().nonnegative(),
  /** Unix user on the cluster: `user01`, `user02`, … */
  user: z.string().min(1),
  partition: z.exactOptional(z.string().min(1)),
  cores: z.int().positive(),
  /** What the body does. The scheduler is told `limitSeconds` only. */
  runSeconds: z.number().nonnegative(),
  limitSeconds: z.number().min(1),
  gpus: z.int().nonnegative(),
  /** For the whole job; null leaves it to the scheduler's default. */
  memoryMiB: z.int().positive().nullable(),
  /** Job number in the trace it came from. */
  traceJob: z.int().nullable(),
  ...orderShape,
});

export type WorkloadJob = z.infer<typeof workloadJobSchema>;
