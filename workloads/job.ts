import { z } from "zod";
import { highestPriority, lowestPriority } from "../spec/job-attributes";
import { orderShape } from "./order";

/** Of a QOS or account: what goes into a job's script as it is. */
export const bareName = /^[A-Za-z0-9][A-Za-z0-9._@:+-]{0,99}$/;
const name = () => z.exactOptional(z.string().regex(bareName));

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
  // What a job asks for beyond these; absent where it asks for nothing of the kind.
  /** All of its GPUs are of this type. */
  gpuType: z.exactOptional(z.string().min(1)),
  /** On so many nodes, each with the same part of the cores, memory and GPUs, all of which it divides. */
  nodes: z.exactOptional(z.int().positive()),
  /** Features that all of its nodes have: a name, or several with `&` between them. */
  constraint: z.exactOptional(z.string().min(1)),
  qos: name(),
  account: name(),
  /** Higher goes first, as far as the policy regards it. A job without one has the highest. */
  priority: z.exactOptional(z.int().min(lowestPriority).max(highestPriority)),
  /** It may not start before so many seconds after its submission. */
  eligibleAfterSeconds: z.exactOptional(z.number().positive()),
  ...orderShape,
});

export type WorkloadJob = z.infer<typeof workloadJobSchema>;
