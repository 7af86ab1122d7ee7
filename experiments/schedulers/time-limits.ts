import type { SchedulerKind } from "../../infra/spec/scheduler";

/** Each scheduler rounds time limits up to a multiple of this, in seconds. */
export const limitResolutionSeconds: Readonly<Record<SchedulerKind, number>> = { slurm: 60 };
