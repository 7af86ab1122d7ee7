import { quantile } from "../../experiments/run/pace";

/** What is known of one job so far; milliseconds, the controller's clock. */
export interface JobTimes {
  /** When the scheduler had accepted it. */
  readonly acceptedAt: number;
  readonly startAt: number | null;
  readonly endAt: number | null;
}

/** From and to, in milliseconds on the controller's clock. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export interface Occupation {
  /** Jobs that waited and ran, on the mean over the window. */
  readonly meanWaiting: number;
  readonly meanRunning: number;
  /** In the window. */
  readonly started: number;
  readonly ended: number;
}

/** How many jobs waited and ran in the window, weighted by time. */
export function occupation(jobs: readonly JobTimes[], window: Window): Occupation {
  let [waiting, running, started, ended] = [0, 0, 0, 0];
  const within = (at: number | null) => at !== null && at >= window.from && at < window.to;
  for (const { acceptedAt, startAt, endAt } of jobs) {
    waiting += overlap(window, acceptedAt, startAt ?? Number.POSITIVE_INFINITY);
    if (startAt !== null) running += overlap(window, startAt, endAt ?? Number.POSITIVE_INFINITY);
    if (within(startAt)) started += 1;
    if (within(endAt)) ended += 1;
  }
  const length = window.to - window.from;
  return { meanWaiting: waiting / length, meanRunning: running / length, started, ended };
}

function overlap({ from, to }: Window, begin: number, end: number): number {
  return Math.max(0, Math.min(to, end) - Math.max(from, begin));
}

export interface Releases {
  /** Ends in the window whose place has a successor. */
  readonly pairs: number;
  /** Ends in the window whose place had none when the observation ended. */
  readonly open: number;
  readonly meanMs: number | null;
  readonly medianMs: number | null;
  readonly p99Ms: number | null;
}

/**
 * How long a place stood empty, from the end of the job that had it to the start of the next one. All jobs are of one
 * size and each fits anywhere, so places need no names: the cluster has `places` of them, the first `places` starts fill
 * them, and every later start needs an end before it. In the order of time, the k-th end of all is therefore followed
 * by the start `places + k`, whichever node either was on. The sum of these times is the idle time of all places, and
 * their mean times the rate of ends the mean number of empty places; a pairing by node would give the same sum, and
 * could only spread it otherwise. `jobs` are all since the cluster was empty. Each time is the difference of two moments,
 * and as fine as they are.
 */
export function releases(jobs: readonly JobTimes[], places: number, window: Window): Releases {
  const inOrder = (moment: (job: JobTimes) => number | null) =>
    jobs.flatMap((job) => moment(job) ?? []).toSorted((a, b) => a - b);
  // A job that never ran left no place.
  const ends = inOrder(({ startAt, endAt }) => (startAt === null ? null : endAt));
  const starts = inOrder(({ startAt }) => startAt);
  const times: number[] = [];
  let open = 0;
  for (const [index, end] of ends.entries()) {
    if (end < window.from || end >= window.to) continue;
    const start = starts[places + index];
    if (start === undefined) open += 1;
    else times.push(start - end);
  }
  const some = times.length > 0;
  return {
    pairs: times.length,
    open,
    meanMs: some ? times.reduce((sum, time) => sum + time, 0) / times.length : null,
    medianMs: some ? quantile(times, 0.5) : null,
    p99Ms: some ? quantile(times, 0.99) : null,
  };
}
