import type { Release } from "./replay";

/** Beyond this the harness blurs the schedule: a twentieth of the coarsest scheduler clock (1 s). */
export const LATENESS_LIMIT_MS = 50;
/** A delay of the event loop that blurs what the harness sees, whether or not a job was due in it. */
export const LOOP_DELAY_LIMIT_MS = 100;
/** No single job may be later than one tick of that clock. */
export const WORST_LATENESS_LIMIT_MS = 1_000;
/** A submitter that is free for less is between two calls: it reads, answers and is handed the next. */
const BETWEEN_CALLS_MS = 50;

/** One submit call, on the controller's clock; a job that was handed over again has several. */
export interface SubmitCall {
  readonly job: number;
  readonly user: string;
  readonly startedAt: number;
  /** Null where the answer was lost. */
  readonly finishedAt: number | null;
}

export interface Pace {
  readonly limited: boolean;
  readonly explanation: string;
}

export interface Paced {
  readonly releases: readonly Release[];
  readonly calls: readonly SubmitCall[];
  /** The controller's clock minus the harness's, on which the releases are. */
  readonly clockOffsetMs: number;
  /** With so many calls of one user under way, a further one may have to wait. */
  readonly callsAtOnce: number;
  readonly loopDelayMs: number;
}

/** The p-quantile by nearest rank; 0 for no values. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? 0;
}

/**
 * Tells whether the schedule was kept, from the moment when a job was due to its submit call. Time in
 * which all of a user's calls were under way is the scheduler's and is named apart; any other is
 * the harness's or its connection's.
 */
export function judgePace(paced: Paced): Pace {
  const { releases, calls, callsAtOnce, clockOffsetMs, loopDelayMs } = paced;
  const released = new Map(releases.map((release) => [release.job, release]));
  const idle = new Map<string, Stretch[]>();
  for (const [user, own] of byUser(calls)) idle.set(user, idleStretches(own, callsAtOnce));
  const waits = firstCalls(calls).flatMap(({ job, user, startedAt: at }) => {
    const release = released.get(job);
    if (release === undefined) return [];
    const dueAt = release.dueAt + clockOffsetMs;
    const releasedAt = release.releasedAt + clockOffsetMs;
    const unused = overlap(idle.get(user) ?? [], releasedAt, at);
    return [{ job, late: releasedAt - dueAt + unused, call: Math.max(0, at - releasedAt) }];
  });
  const lateRelease = quantile(
    releases.map(({ releasedAt, dueAt }) => releasedAt - dueAt),
    0.99,
  );
  const late = quantile(
    waits.map((wait) => wait.late),
    0.99,
  );
  const worst = waits.toSorted((a, b) => b.late - a.late)[0] ?? { job: 0, late: 0 };
  const wait = quantile(
    waits.map(({ call }) => call),
    0.99,
  );
  const tooLate = late > LATENESS_LIMIT_MS || worst.late > WORST_LATENESS_LIMIT_MS;
  const reasons = [
    ...(lateRelease > LATENESS_LIMIT_MS ? ["jobs were released late"] : []),
    ...(tooLate && lateRelease <= LATENESS_LIMIT_MS ? ["jobs reached their submit call late"] : []),
    ...(loopDelayMs > LOOP_DELAY_LIMIT_MS ? ["its event loop was held up"] : []),
  ];
  const median = (values: readonly number[]) => quantile(values, 0.5).toFixed(1);
  const onCall = calls.flatMap(({ startedAt, finishedAt }) =>
    finishedAt === null ? [] : [finishedAt - startedAt],
  );
  const figures =
    `99 % of the jobs were released at most ${lateRelease.toFixed(1)} ms after they were due, ` +
    `reached the submit call ${wait.toFixed(1)} ms later ` +
    `(median ${median(waits.map(({ call }) => call))} ms), ` +
    `and the call took ${quantile(onCall, 0.99).toFixed(1)} ms ` +
    `(median ${median(onCall)} ms); without the time in which earlier calls of their users were ` +
    `under way, 99 % were at most ${late.toFixed(1)} ms late, and job ${worst.job} most, ` +
    `${worst.late.toFixed(1)} ms; event-loop delay ${loopDelayMs.toFixed(1)} ms`;
  if (reasons.length > 0) {
    const limits = `limit ${LATENESS_LIMIT_MS} ms for 99 %, ${WORST_LATENESS_LIMIT_MS} ms for each`;
    return {
      limited: true,
      explanation: `the harness did not keep the schedule: ${reasons.join(" and ")} (${limits}); ${figures}`,
    };
  }
  const queued =
    wait > LATENESS_LIMIT_MS
      ? "; jobs waited on the controller for earlier submit calls of their user"
      : "";
  return { limited: false, explanation: `the harness kept the schedule: ${figures}${queued}` };
}

function firstCalls(calls: readonly SubmitCall[]): SubmitCall[] {
  const first = new Map<number, SubmitCall>();
  for (const call of calls) {
    const known = first.get(call.job);
    if (known === undefined || call.startedAt < known.startedAt) first.set(call.job, call);
  }
  return [...first.values()];
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

function byUser(calls: readonly SubmitCall[]): Map<string, SubmitCall[]> {
  const users = new Map<string, SubmitCall[]>();
  for (const call of calls) {
    const own = users.get(call.user);
    if (own === undefined) users.set(call.user, [call]);
    else own.push(call);
  }
  return users;
}

/** Times in which fewer than `callsAtOnce` calls were under way, in order; short ones are left out. */
function idleStretches(calls: readonly SubmitCall[], callsAtOnce: number): Stretch[] {
  const steps = calls
    .flatMap(({ startedAt: at, finishedAt }) => [
      { at, by: 1 },
      { at: finishedAt ?? at, by: -1 },
    ])
    .toSorted((a, b) => a.at - b.at || a.by - b.by);
  const stretches: Stretch[] = [];
  let [underWay, from] = [0, Number.NEGATIVE_INFINITY];
  for (const { at, by } of steps) {
    const before = underWay;
    underWay += by;
    if (before >= callsAtOnce && underWay < callsAtOnce) from = at;
    else if (before < callsAtOnce && underWay >= callsAtOnce && at - from > BETWEEN_CALLS_MS) {
      stretches.push({ from, to: at });
    }
  }
  stretches.push({ from, to: Number.POSITIVE_INFINITY });
  return stretches;
}

/** How much of the time from `from` to `to` lies in the stretches, which are in order. */
function overlap(stretches: readonly Stretch[], from: number, to: number): number {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stretches[middle]?.to ?? 0) <= from) low = middle + 1;
    else high = middle;
  }
  let sum = 0;
  for (let index = low; index < stretches.length; index++) {
    const stretch = stretches[index];
    if (stretch === undefined || stretch.from >= to) break;
    sum += Math.max(0, Math.min(to, stretch.to) - Math.max(from, stretch.from));
  }
  return sum;
}
