import { messageOf } from "../../../base/thrown";
import type { JobOutcome, Observer, SchedulerMoment } from "../adapter";
import { objectName, ownJob, schedulerJobName } from "./names";
import {
  boundAt,
  disruptionOf,
  isFinal,
  type Pod,
  type PodGroup,
  termination,
  type VolcanoJob,
} from "./objects";
import { isMain, outcomeOf } from "./outcome";

interface Entry {
  readonly schedulerJob: string;
  job: VolcanoJob | null;
  deleted: boolean;
  /** The latest known state of each pod by name, also of those that are gone. */
  readonly pods: Map<string, Pod>;
  readonly told: Set<string>;
  /** Its final state is being asked for, or is known. */
  closing: boolean;
}

export interface TrackerOptions {
  readonly runId: string;
  readonly observer: Pick<Observer, "moment" | "outcome" | "warning">;
  /** The job's pods as the API server has them now. */
  readonly podsOf: (job: VolcanoJob) => Promise<Pod[]>;
}

/**
 * Puts one run's moments and outcomes together from objects that three watches deliver in any order,
 * again and again after a lost connection. Each moment and each outcome is told once.
 */
export class JobTracker {
  readonly #options: TrackerOptions;
  readonly #entries = new Map<number, Entry>();

  constructor(options: TrackerOptions) {
    this.#options = options;
  }

  job(job: VolcanoJob): void {
    const found = this.#entry(job);
    if (found === null) return;
    const [number, entry] = found;
    entry.job = job;
    this.#tell(number, entry, "submit", job.metadata.creationTimestamp);
    if (isFinal(job)) this.#close(number, entry);
  }

  jobGone(job: VolcanoJob): void {
    const found = this.#entry(job);
    if (found === null) return;
    const [number, entry] = found;
    entry.job = job;
    entry.deleted = true;
    this.#close(number, entry);
  }

  podGroup(group: PodGroup): void {
    const found = this.#entry(group);
    if (found === null) return;
    const [number, entry] = found;
    // Volcano makes a new group when a job goes back to the queue; eligible it was before.
    if (entry.told.has("eligible")) return;
    this.#tell(number, entry, "eligible", group.metadata.creationTimestamp);
    entry.told.add("eligible");
  }

  pod(pod: Pod): void {
    const found = this.#entry(pod);
    if (found === null) return;
    const [number, entry] = found;
    const former = entry.pods.get(pod.metadata.name);
    if (former !== undefined && isMain(former) && former.metadata.uid !== pod.metadata.uid) {
      this.#tellFormer(number, entry, former);
    }
    entry.pods.set(pod.metadata.name, pod);
    if (isMain(pod)) this.#tell(number, entry, "start", boundAt(pod));
  }

  #entry({ metadata }: VolcanoJob | PodGroup | Pod): [number, Entry] | null {
    const own = ownJob(metadata);
    if (own === null || own.run !== this.#options.runId) return null;
    const known = this.#entries.get(own.job);
    if (known !== undefined) return [own.job, known];
    const entry: Entry = {
      schedulerJob: schedulerJobName(metadata.namespace, objectName(own.run, own.job)),
      job: null,
      deleted: false,
      pods: new Map(),
      told: new Set(),
      closing: false,
    };
    this.#entries.set(own.job, entry);
    return [own.job, entry];
  }

  #tell(
    job: number,
    entry: Entry,
    event: SchedulerMoment["event"],
    at: number | null | undefined,
  ): void {
    const { schedulerJob } = entry;
    if (at == null || entry.told.has(`${event} ${at}`)) return;
    entry.told.add(`${event} ${at}`);
    this.#options.observer.moment({ job, schedulerJob, event, at });
  }

  /** The end of an attempt after which the job went back to the queue. */
  #tellFormer(job: number, { schedulerJob, told }: Entry, { metadata, ...pod }: Pod): void {
    const at =
      termination({ metadata, ...pod })?.finishedAt ??
      metadata.deletionTimestamp ??
      // A pod that was taken away with its node is gone at once.
      disruptionOf({ metadata, ...pod })?.lastTransitionTime;
    if (at == null || told.has(`former ${metadata.uid}`)) return;
    told.add(`former ${metadata.uid}`);
    this.#options.observer.moment({ job, schedulerJob, event: "end", at, former: true });
  }

  #close(number: number, entry: Entry): void {
    const { job } = entry;
    if (entry.closing || job === null) return;
    entry.closing = true;
    const main = [...entry.pods.values()].find(isMain);
    const known = entry.deleted || (main !== undefined && termination(main) !== null);
    if (known) this.#finish(number, entry, job);
    else this.#askAndFinish(number, entry, job);
  }

  /** The watch on pods lags behind that on jobs, or the pod never was. */
  async #askAndFinish(number: number, entry: Entry, job: VolcanoJob): Promise<void> {
    try {
      for (const pod of await this.#options.podsOf(job)) this.pod(pod);
    } catch (error) {
      const why = messageOf(error);
      this.#options.observer.warning(`the pods of job ${number} are unknown: ${why}`);
    }
    this.#finish(number, entry, job);
  }

  #finish(number: number, entry: Entry, job: VolcanoJob): void {
    const pods = [...entry.pods.values()];
    const main = pods.find(isMain);
    const ended =
      (main === undefined ? null : termination(main)?.finishedAt) ??
      (isFinal(job) ? job.status.state.lastTransitionTime : job.metadata.deletionTimestamp);
    this.#tell(number, entry, "end", ended);
    const outcome: JobOutcome = outcomeOf(number, job, pods, entry.deleted);
    this.#options.observer.outcome(outcome);
  }
}
