import type { EventRecord, JobRecord, ObservedTime } from "./record";

/** One start of a job. Times are milliseconds since the epoch. */
export interface Attempt {
  readonly job: number;
  /** From 1, in the order of the starts. */
  readonly attempt: number;
  readonly schedulerJob: string | null;
  readonly nodes: readonly string[] | null;
  /** On each of `nodes`; null where the scheduler does not say. */
  readonly nodeCores: readonly number[] | null;
  readonly cores: number | null;
  readonly start: ObservedTime;
  /** Null: it is not known when the attempt ended. */
  readonly end: ObservedTime | null;
  /** The intervals in which it held its resources; none where the end is not known. */
  readonly held: readonly Stretch[];
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The events that attempts are made of; others need not be there. */
export const attemptEvents = ["start", "end", "suspend", "resume"] as const;

/** A scheduler's whole seconds may be this much before or after the wrapper's moment. */
const COARSE_MS = 1_000;

/**
 * What each job held, attempt by attempt, according to wrapper and scheduler. An attempt ends when its
 * wrapper says so, or else when the scheduler says so, and always before the next one starts. A
 * suspended job holds nothing.
 */
export function attemptsOf(jobs: readonly JobRecord[], events: readonly EventRecord[]): Attempt[] {
  const byJob = new Map<number, EventRecord[]>();
  for (const event of events) {
    const own = byJob.get(event.job);
    if (own === undefined) byJob.set(event.job, [event]);
    else own.push(event);
  }
  return jobs.flatMap((job) => jobAttempts(job, byJob.get(job.job) ?? []));
}

function jobAttempts(job: JobRecord, unordered: readonly EventRecord[]): Attempt[] {
  const events = unordered.toSorted((a, b) => a.at - b.at);
  const starts = startsOf(job, events);
  return starts.map((start, index): Attempt => {
    const next = starts[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    const end = endOf(start, next, events) ?? recordedEnd(job, start, next);
    const nodes = start.nodes ?? (starts.length === 1 ? job.nodes : null);
    const cores = job.allocatedCores ?? (end === null ? null : job.planned.cores);
    const spread = nodes?.length === 1 && cores !== null ? [cores] : null;
    return {
      job: job.job,
      attempt: index + 1,
      schedulerJob: start.schedulerJob ?? job.schedulerJob,
      nodes,
      nodeCores: start.nodeCores ?? spread,
      cores,
      start: { at: start.at, source: start.source, resolutionMs: start.resolutionMs },
      end,
      held: end === null ? [] : heldIn(start.at, end.at, events),
    };
  });
}

type Start = ObservedTime & Pick<EventRecord, "nodes" | "nodeCores" | "schedulerJob">;

/** The wrapper's starts; where it wrote none, the start that the job's record has. */
function startsOf(job: JobRecord, events: readonly EventRecord[]): Start[] {
  const seen = events.filter(({ event, source }) => event === "start" && source === "wrapper");
  const distinct = seen.filter(({ at }, index) => at !== seen[index - 1]?.at);
  if (distinct.length > 0) return distinct;
  return job.start === null ? [] : [job.start];
}

/** The end between a start and the next one: the wrapper's, else the scheduler's. */
function endOf(start: Start, next: number, events: readonly EventRecord[]): ObservedTime | null {
  const ends = events.filter(({ event }) => event === "end");
  const exact = ends.find(({ at, source }) => source === "wrapper" && at >= start.at && at < next);
  const coarse = ends.filter(
    ({ at, source }) =>
      source === "scheduler" && at >= start.at - COARSE_MS && at < next + COARSE_MS,
  );
  // The end of an attempt just before this one may be among them.
  const found = exact ?? (next === Number.POSITIVE_INFINITY ? coarse.at(-1) : coarse[0]);
  if (found === undefined) return null;
  // Whole seconds can put an end before its start, or behind the next one.
  const at = Math.min(Math.max(found.at, start.at), next);
  return { at, source: found.source, resolutionMs: found.resolutionMs };
}

/** The end that the job's record has, for its last attempt. */
function recordedEnd({ end }: JobRecord, start: Start, next: number): ObservedTime | null {
  if (end === null || next !== Number.POSITIVE_INFINITY || end.at < start.at - COARSE_MS)
    return null;
  return { ...end, at: Math.max(end.at, start.at) };
}

/** The time between start and end without the suspensions. */
function heldIn(start: number, end: number, events: readonly EventRecord[]): Stretch[] {
  const stretches: Stretch[] = [];
  let from: number | null = start;
  for (const { event, at } of events) {
    if (at < start || at > end) continue;
    if (event === "suspend" && from !== null) {
      if (at > from) stretches.push({ from, to: at });
      from = null;
    } else if (event === "resume" && from === null) from = at;
  }
  if (from !== null && (end > from || stretches.length === 0)) stretches.push({ from, to: end });
  return stretches;
}

/** How long a job held its resources, in milliseconds. */
export interface Holding {
  /** In all of its attempts; null where the end of one is not known. */
  readonly all: number | null;
  /** In the last one, without suspensions. */
  readonly last: number | null;
}

/** By number of the job; without jobs that held their resources simply from their start to their end. */
export function holdingsOf(attempts: readonly Attempt[]): Map<number, Holding> {
  const byJob = new Map<number, Attempt[]>();
  for (const attempt of attempts) {
    byJob.set(attempt.job, [...(byJob.get(attempt.job) ?? []), attempt]);
  }
  const holdings = new Map<number, Holding>();
  for (const [job, own] of byJob) {
    const plain = own.length === 1 && own.every(({ held }) => held.length <= 1);
    if (plain && own.every(({ end, held }) => end === null || held[0]?.to === end.at)) continue;
    const lengths = own.map(({ end, held }) =>
      end === null ? null : held.reduce((sum, { from, to }) => sum + (to - from), 0),
    );
    const known = lengths.flatMap((length) => length ?? []);
    const all = known.length === own.length ? known.reduce((sum, length) => sum + length) : null;
    holdings.set(job, { all, last: lengths.at(-1) ?? null });
  }
  return holdings;
}
