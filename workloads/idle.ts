import { Failure } from "../base/failure";
import { resubmitted } from "./asks";
import { exactDifference, exactSum } from "./decimal";
import type { LogJob } from "./swf/log";
import { unusable } from "./usable";

interface Stretch {
  readonly from: number;
  readonly until: number;
}

/**
 * When the traced machine had jobs that waited or ran, by the log's own times. `name` is what an error
 * calls the log. Memory holds the stretches, of which neighbours are joined as they come.
 */
export class BusyTimes {
  private readonly stretches: Stretch[] = [];

  constructor(private readonly name: string) {}

  /**
   * Throws Failure for a job that ran at a time that the log does not say. One that never ran was there
   * for as long as it waited, as far as that is known.
   */
  add(record: LogJob): void {
    if (record.wait < 0 && unusable(record) === null) {
      throw new Failure(
        `${this.name}: job ${record.job} has no recorded wait, so it is not known when the machine was idle`,
        { remedy: "leave out workload.compressIdle, or take a log with recorded waits" },
      );
    }
    const from = record.submit;
    const held = exactSum(Math.max(0, record.wait), Math.max(0, record.run));
    const until = exactSum(from, held);
    const last = this.stretches.at(-1);
    if (last === undefined || from > last.until || from < last.from) {
      this.stretches.push({ from, until });
    } else if (until > last.until) {
      this.stretches[this.stretches.length - 1] = { from: last.from, until };
    }
  }

  /** The stretches between them that are longer than so many seconds, in order. */
  idle(longerThan: number): Stretch[] {
    const sorted = this.stretches.toSorted((a, b) => a.from - b.from);
    const found: Stretch[] = [];
    let busy = sorted[0]?.until ?? 0;
    for (const { from, until } of sorted) {
      if (exactDifference(from, busy) > longerThan) found.push({ from: busy, until: from });
      busy = Math.max(busy, until);
    }
    return found;
  }
}

/**
 * Records, in order of submission, with the idle stretches between them cut to `longerThan` seconds. Of
 * the records only the submit times change; no submission is within an idle stretch. The note says how
 * much was cut.
 */
export function compressIdle<T extends { readonly record: LogJob }>(
  choices: readonly T[],
  busy: BusyTimes,
  longerThan: number,
): { readonly choices: T[]; readonly note: string } {
  const first = choices[0]?.record.submit ?? 0;
  const last = choices.at(-1)?.record.submit ?? first;
  const idle = busy.idle(longerThan).filter(({ until }) => until > first && until <= last);
  let next = 0;
  let cut = 0;
  const moved = choices.map((choice) => {
    const { record } = choice;
    for (; (idle[next]?.until ?? Number.POSITIVE_INFINITY) <= record.submit; next += 1) {
      const { from = 0, until = 0 } = idle[next] ?? {};
      cut = exactSum(cut, exactDifference(exactDifference(until, from), longerThan));
    }
    return { ...choice, record: resubmitted(record, exactDifference(record.submit, cut)) };
  });
  const span = exactDifference(last, first);
  const note =
    idle.length === 0
      ? `no idle stretch of the log is longer than ${longerThan} s`
      : `${idle.length} idle stretches of the log were cut to ${longerThan} s, which leaves out ${cut} s of ${span} s`;
  return { choices: moved, note };
}
