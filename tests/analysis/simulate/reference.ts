import type { SimJob } from "../../../analysis/simulate/job";
import type { Policy } from "../../../analysis/simulate/policy";

interface Held {
  readonly job: RationalJob;
  /** Null: no start and no reservation yet. */
  begin: bigint | null;
}

/** Times are whole numbers of 10^-digits seconds: rational arithmetic over one denominator. */
interface RationalJob {
  readonly job: number;
  readonly size: number;
  readonly submit: bigint;
  readonly run: bigint;
  readonly estimate: bigint;
}

/** Digits after the point, of the text of a time; none of the tests' times has an exponent. */
function fraction(time: number): string {
  const text = String(time);
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new RangeError(`${text} is no plain decimal`);
  return text.split(".")[1] ?? "";
}

/**
 * The policies said as plainly as they can be, at any cost: every instant works on the lists of
 * waiting and running jobs, and availability is a sum over them. Starts by job number, in seconds.
 */
export function referenceStarts(jobs: readonly SimJob[], procs: number, policy: Policy) {
  const times = jobs.flatMap(({ submit, run, estimate }) => [submit, run, estimate]);
  const digits = Math.max(0, ...times.map((time) => fraction(time).length));
  const whole = (time: number) =>
    BigInt(String(time).split(".")[0] + fraction(time).padEnd(digits, "0"));
  const seconds = (time: bigint) => Number(`${time}e-${digits}`);

  const starts = new Map<number, number>();
  const firstReservations = new Map<number, number>();
  const coming = jobs
    .map(({ submit, run, estimate, ...job }) => ({
      ...job,
      submit: whole(submit),
      run: whole(run),
      estimate: whole(estimate),
    }))
    .sort((a, b) => Number(a.submit - b.submit) || a.job - b.job);
  let running: (Held & { begin: bigint })[] = [];
  /** `begin` is the reservation under conservative backfilling. */
  let waiting: Held[] = [];

  const expectedEnd = ({ job, begin }: Held) => (begin ?? 0n) + job.estimate;
  const trueEnd = ({ job, begin }: Held) => (begin ?? 0n) + job.run;
  const freeAt = (time: bigint, holders: readonly Held[]) =>
    procs -
    holders
      .filter((held) => held.begin !== null && held.begin <= time && time < expectedEnd(held))
      .reduce((sum, held) => sum + held.job.size, 0);
  const earliest = (job: RationalJob, now: bigint, holders: readonly Held[]) => {
    const edges = holders.flatMap((held) =>
      held.begin === null ? [] : [held.begin, expectedEnd(held)],
    );
    const moments = [now, ...edges].filter((time) => time >= now).sort(ascending);
    const fits = (from: bigint) =>
      moments
        .filter((time) => time >= from && time < from + job.estimate)
        .every((time) => freeAt(time, holders) >= job.size);
    const found = moments.find(fits);
    if (found === undefined) throw new Error("the end of all is always free");
    return found;
  };
  const begin = (held: Held, now: bigint) => {
    running.push(Object.assign(held, { begin: now }));
    starts.set(held.job.job, seconds(now));
    waiting = waiting.filter((other) => other !== held);
  };

  const pass: Record<Policy, (now: bigint, endedEarly: boolean) => void> = {
    fcfs: (now) => {
      for (const held of [...waiting]) {
        if (held.job.size > freeAt(now, running)) return;
        begin(held, now);
      }
    },
    easy: (now) => {
      pass.fcfs(now, false);
      const head = waiting[0];
      if (head === undefined) return;
      const shadow = earliest(head.job, now, running);
      for (const held of waiting.slice(1)) {
        if (held.job.size > freeAt(now, running)) continue;
        const then = now + held.job.estimate;
        const beside = freeAt(shadow, running) - head.job.size;
        if (then <= shadow || held.job.size <= beside) begin(held, now);
      }
    },
    conservative: (now, endedEarly) => {
      for (const held of endedEarly ? waiting : []) {
        if (held.begin === null) continue;
        const others = [...running, ...waiting.filter((other) => other !== held)];
        held.begin = earliest(held.job, now, others);
      }
      for (const held of waiting) {
        if (held.begin !== null) continue;
        held.begin = earliest(held.job, now, [...running, ...waiting]);
        firstReservations.set(held.job.job, seconds(held.begin));
      }
      for (const held of [...waiting]) if (held.begin === now) begin(held, now);
    },
  };

  while (coming.length + waiting.length + running.length > 0) {
    const moments = [
      ...running.map(trueEnd),
      ...coming.slice(0, 1).map((job) => job.submit),
      ...waiting.flatMap((held) => held.begin ?? []),
    ].sort(ascending);
    const now = moments[0] ?? 0n;
    const ended = running.filter((held) => trueEnd(held) === now);
    running = running.filter((held) => trueEnd(held) !== now);
    while (coming[0]?.submit === now) {
      const job = coming.shift();
      if (job !== undefined) waiting.push({ job, begin: null });
    }
    pass[policy](
      now,
      ended.some(({ job }) => job.run < job.estimate),
    );
  }
  return { starts, firstReservations };
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
