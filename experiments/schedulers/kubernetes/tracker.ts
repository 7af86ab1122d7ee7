import { messageOf } from "../../../base/thrown";
import type { JobOutcome, Observer, SchedulerMoment } from "../adapter";
import { objectName, ownJob, schedulerJobName } from "./names";
import {
  disruptionOf,
  isFinal,
  type Pod,
  type PodGroup,
  termination,
  type VolcanoJob,
} from "./objects";
import { isMain, outcomeOf } from "./outcome";
import type { PodTimes } from "./pod-times";

interface Entry {
  readonly schedulerJob: string;
  job: VolcanoJob | null;
  deleted: boolean;
  /** The latest known state of each pod by name, also of those that are gone. */
  readonly pods: Map<string, Pod>;
  readonly told: Set<string>;
  /** Its final state is being asked for, or is known. */
  closing: boolean;
  /** Its outcome was told: nothing is told of it any more, and nothing kept. */
  done: boolean;
}

export interface TrackerOptions {
  readonly runId: string;
  readonly observer: Pick<Observer, "moment" | "outcome" | "warning">;
  readonly times: PodTimes;
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
    this.#tell(number, entry, "submit", { at: job.metadata.creationTimestamp });
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
    this.#tell(number, entry, "eligible", { at: group.metadata.creationTimestamp });
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
    if (isMain(pod)) this.#tell(number, entry, "start", this.#options.times.start(pod));
  }

  #entry({ metadata }: VolcanoJob | PodGroup | Pod): [number, Entry] | null {
    const own = ownJob(metadata);
    if (own === null || own.run !== this.#options.runId) return null;
    const known = this.#entries.get(own.job);
    if (known !== undefined) return known.done ? null : [own.job, known];
    const entry: Entry = {
      schedulerJob: schedulerJobName(metadata.namespace, objectName(own.run, own.job)),
      job: null,
      deleted: false,
      pods: new Map(),
      told: new Set(),
      closing: false,
      done: false,
    };
    this.#entries.set(own.job, entry);
    return [own.job, entry];
  }

  #tell(
    job: number,
    entry: Entry,
    event: SchedulerMoment["event"],
    seen:
      | (Pick<SchedulerMoment, "resolutionMs"> & { readonly at: number | null | undefined })
      | null,
  ): void {
    const { schedulerJob } = entry;
    const { at, ...coarser } = seen ?? { at: null };
    if (at == null || entry.told.has(`${event} ${at}`)) return;
    entry.told.add(`${event} ${at}`);
    this.#options.observer.moment({ job, schedulerJob, event, at, ...coarser });
  }

  /** The end of an attempt after which the job went back to the queue. */
  #tellFormer(job: number, { schedulerJob, told }: Entry, pod: Pod): void {
    const { uid, deletionTimestamp } = pod.metadata;
    const { times } = this.#options;
    // A pod that was taken away with its node is gone at once.
    const gone = deletionTimestamp ?? disruptionOf(pod)?.lastTransitionTime;
    const { at, ...coarser } = times.end(pod) ?? { at: gone, ...times.ofOthers };
    if (at == null || told.has(`former ${uid}`)) return;
    told.add(`former ${uid}`);
    this.#options.observer.moment({
      job,
      schedulerJob,
      event: "end",
      at,
      former: true,
      ...coarser,
    });
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
    const { times } = this.#options;
    const ended = main === undefined ? null : times.end(main);
    const { status, metadata } = job;
    const at = isFinal(job) ? status.state.lastTransitionTime : metadata.deletionTimestamp;
    this.#tell(number, entry, "end", ended ?? { at, ...times.ofOthers });
    const outcome: JobOutcome = outcomeOf(number, job, pods, entry.deleted);
    this.#options.observer.outcome(outcome);
    entry.done = true;
    entry.job = null;
    entry.pods.clear();
    entry.told.clear();
  }
}
