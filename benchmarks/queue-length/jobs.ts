import type { WorkloadJob } from "../../workloads/job";
import type { Uniform } from "../../workloads/models/random";

/** Of run times about their mean: a third to either side. */
const SPREAD = 1 / 3;
/** No limit ends a job: the longest run, rounded up to the schedulers' minutes, and one more for lateness. */
const MINUTE = 60;
const SPARE_SECONDS = 60;

export interface JobShape {
  /** Of each job. */
  readonly cores: number;
  readonly meanSeconds: number;
  readonly users: readonly string[];
  /** Jobs that fit into the cluster at once. */
  readonly places: number;
}

/**
 * The job of this number, all alike but for run time and user. Run times are uniform on the mean ± a third. The
 * first `places` jobs begin together, and would end together: they get the rest of such a run, looked at at a
 * random moment (the residual life of a renewal process: a run chosen in proportion to its length, times
 * a uniform share; Cox, Renewal Theory, 1962, 5.2), so that ends come at the same rate from the beginning.
 */
export function drawJob(id: number, shape: JobShape, uniform: Uniform): WorkloadJob {
  const { cores, meanSeconds, users, places } = shape;
  const [least, most] = [(1 - SPREAD) * meanSeconds, (1 + SPREAD) * meanSeconds];
  const seconds =
    id <= places
      ? uniform() * Math.sqrt(least ** 2 + uniform() * (most ** 2 - least ** 2))
      : least + uniform() * (most - least);
  return {
    id,
    submitSeconds: 0,
    user: users[(id - 1) % users.length] ?? "user01",
    cores,
    runSeconds: Math.round(seconds * 1000) / 1000,
    limitSeconds: Math.ceil(most / MINUTE) * MINUTE + SPARE_SECONDS,
    gpus: 0,
    memoryMiB: null,
    traceJob: null,
  };
}
