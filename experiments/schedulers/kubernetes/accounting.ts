import type { AccountedJob } from "../adapter";
import { ownJob, schedulerJobName } from "./names";
import { isFinal, type VolcanoJob } from "./objects";

/** Phases in which a job holds nothing yet. */
const waiting = new Set(["", "Pending", "Inqueue"]);

/**
 * A run's jobs as they were seen last. Kubernetes removes a finished job after a while, so that those
 * that a watch has shown count beside those that are listed; a job made anew under its name is another.
 */
export class SeenJobs {
  readonly #run: string;
  readonly #jobs = new Map<string, AccountedJob>();

  constructor(run: string) {
    this.#run = run;
  }

  see(job: VolcanoJob): void {
    const accounted = accountedJob(job, this.#run);
    if (accounted !== null) this.#jobs.set(job.metadata.uid, accounted);
  }

  accounted(): AccountedJob[] {
    return [...this.#jobs.values()];
  }
}

function accountedJob(job: VolcanoJob, run: string): AccountedJob | null {
  const { metadata, status } = job;
  const own = ownJob(metadata);
  if (own === null || own.run !== run) return null;
  const { phase, lastTransitionTime } = status.state;
  const began = status.conditions.find((condition) => condition.status === "Running");
  return {
    job: own.job,
    schedulerJob: schedulerJobName(metadata.namespace, metadata.name),
    submission: metadata.name,
    state: phase || "New",
    waiting: waiting.has(phase) && metadata.deletionTimestamp == null,
    submitAt: metadata.creationTimestamp ?? null,
    startAt: began?.lastTransitionTime ?? null,
    endAt: isFinal(job) ? (lastTransitionTime ?? null) : (metadata.deletionTimestamp ?? null),
  };
}
