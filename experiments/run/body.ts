import type { Workload, WorkloadKind } from "../../infra/spec/workload";
import type { JobBody } from "../schedulers/wrapper";
import type { WorkloadJob } from "../workloads/job";

type Bodies = {
  readonly [Kind in WorkloadKind]: (
    workload: Extract<Workload, { kind: Kind }>,
    job: WorkloadJob,
  ) => JobBody;
};

const bodies: Bodies = {
  trace: (workload, job) => ({ kind: workload.body, seconds: job.runSeconds }),
};

/** What one job of the workload does once it runs. */
export function jobBody(workload: Workload, job: WorkloadJob): JobBody {
  return bodies[workload.kind](workload, job);
}
