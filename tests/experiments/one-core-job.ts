import type { JobRequest } from "../../experiments/schedulers/adapter";
import type { WorkloadJob } from "../../workloads/job";

/** A job of user01 on one core for a second, but for what is changed. */
export function oneCoreJob(change: Partial<WorkloadJob> = {}): WorkloadJob {
  return {
    id: 1,
    submitSeconds: 0,
    user: "user01",
    cores: 1,
    runSeconds: 1,
    limitSeconds: 60,
    gpus: 0,
    memoryMiB: null,
    traceJob: null,
    ...change,
  };
}

/** Such a job that sleeps for its second. */
export function sleepRequest(id: number, change: Partial<WorkloadJob> = {}): JobRequest {
  return { job: oneCoreJob({ id, ...change }), body: { kind: "sleep", seconds: 1 } };
}
