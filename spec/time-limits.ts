import type { SchedulerKind } from "./scheduler";

/**
 * Each scheduler rounds time limits up to a multiple of this, in seconds. Kubernetes has no such
 * rule, and is given Slurm's limits: kubelet counts a container's start and its own noticing of the
 * end, so that with limits of seconds it would end jobs that Slurm lets end.
 */
export const limitResolutionSeconds: Readonly<Record<SchedulerKind, number>> = {
  slurm: 60,
  kubernetes: 60,
};
