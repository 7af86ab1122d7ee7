import type { SimJob } from "../../../analysis/simulate/job";
import type { Policy } from "../../../analysis/simulate/policy";

interface Held {
  readonly job: SimJob;
  begin: number;
}

/**
 * The policies said as plainly as they can be, at any cost: every instant works on the lists of
 * waiting and running jobs, and availability is a sum over them. Starts by job number.
 */
export function referenceStarts(jobs: readonly SimJob[], procs: number, policy: Policy) {
  const starts = new Map<number, number>();
  const firstReservations = new Map<number, number>();
  const coming = [...jobs].sort((a, b) => a.submit - b.submit || a.job - b.job);
  let running: Held[] = [];
  /** `begin` is the reservation under conservative backfilling. */
  let waiting: Held[] = [];

  const expectedEnd = ({ job, begin }: Held) => begin + job.estimate;
  const trueEnd = ({ job, begin }: Held) => begin + job.run;
  const freeAt = (time: number, holders: readonly Held[]) =>
    procs -
    holders
      .filter((held) => held.begin <= time && time < expectedEnd(held))
      .reduce((sum, held) => sum + held.job.size, 0);
  const earliest = (job: SimJob, now: number, holders: readonly Held[]) => {
    const edges = holders.flatMap((held) => [held.begin, expectedEnd(held)]);
    const moments = [now, ...edges].filter((time) => time >= now).sort((a, b) => a - b);
    const fits = (from: number) =>
      moments
        .filter((time) => time >= from && time < from + job.estimate)
        .every((time) => freeAt(time, holders) >= job.size);
    const found = moments.find(fits);
    if (found === undefined) throw new Error("the end of all is always free");
    return found;
  };
  const begin = (held: Held, now: number) => {
    held.begin = now;
    running.push(held);
    starts.set(held.job.job, now);
    waiting = waiting.filter((other) => other !== held);
  };

  const pass: Record<Policy, (now: number, endedEarly: boolean) => void> = {
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
        if (Number.isNaN(held.begin)) continue;
        const others = [...running, ...waiting.filter((other) => other !== held)];
        held.begin = earliest(held.job, now, reserved(others));
      }
      for (const held of waiting) {
        if (!Number.isNaN(held.begin)) continue;
        held.begin = earliest(held.job, now, reserved([...running, ...waiting]));
        firstReservations.set(held.job.job, held.begin);
      }
      for (const held of [...waiting]) if (held.begin === now) begin(held, now);
    },
  };

  while (coming.length + waiting.length + running.length > 0) {
    const now = Math.min(
      ...running.map(trueEnd),
      ...coming.slice(0, 1).map((job) => job.submit),
      ...waiting.map((held) => held.begin).filter((time) => !Number.isNaN(time)),
    );
    const ended = running.filter((held) => trueEnd(held) === now);
    running = running.filter((held) => trueEnd(held) !== now);
    while (coming[0]?.submit === now) {
      const job = coming.shift();
      if (job !== undefined) waiting.push({ job, begin: Number.NaN });
    }
    pass[policy](
      now,
      ended.some(({ job }) => job.run < job.estimate),
    );
  }
  return { starts, firstReservations };
}

function reserved(holders: readonly Held[]): Held[] {
  return holders.filter(({ begin }) => !Number.isNaN(begin));
}
