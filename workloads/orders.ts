import { Failure } from "../base/failure";
import type { ReplayWorkload } from "../spec/workload";
import { feedbackPlan } from "./feedback/plan";
import { milliseconds } from "./milliseconds";
import type { JobOrder } from "./order";
import type { LogJob } from "./swf/log";

/** Places of the jobs that a job waits for. */
type Waits = readonly (readonly number[])[];

export interface Orders {
  /** By place; the jobs have the numbers 1, 2, … in this order. */
  readonly orders: readonly JobOrder[];
  /** For a person. */
  readonly notes: readonly string[];
}

/**
 * What the jobs of a log wait for, in our numbers: the jobs that they depend on, the array that they are a
 * part of, and, in a closed loop, the job that they follow. Pure. Throws Failure for a job that waits for
 * itself, for a later one, or in a circle; in a resample, which moves jobs, such a dependency is left out.
 */
export function ordersOf(records: readonly LogJob[], workload: ReplayWorkload): Orders {
  const drawn = workload.resample !== undefined && workload.resample.number > 0;
  const { after, notes } = dependenciesOf(records, drawn);
  const arrays = new Map<string, number>();
  const loop =
    workload.feedback === undefined ? undefined : feedbackPlan(records, workload.feedback);
  const orders = records.map((record, place): JobOrder => {
    const follows = loop?.follows[place];
    const array = arrayOf(record, arrays);
    const own = after[place] ?? [];
    return {
      ...(own.length === 0 ? {} : { after: own }),
      ...(array === undefined ? {} : { array }),
      ...(follows === undefined
        ? {}
        : {
            previous: {
              job: follows.place + 1,
              thinkSeconds: milliseconds(follows.thinkSeconds * workload.timeFactor),
            },
          }),
    };
  });
  return { orders, notes: [...notes, ...(loop?.notes ?? [])] };
}

type After = NonNullable<JobOrder["after"]>;

function dependenciesOf(
  records: readonly LogJob[],
  drawn: boolean,
): { readonly after: readonly After[]; readonly notes: readonly string[] } {
  if (records.every(({ asks }) => asks?.dependencies === undefined))
    return { after: [], notes: [] };
  const places = placesOf(records);
  const left = { absent: 0, ambiguous: 0, moved: 0 };
  const after = records.map((record, place) =>
    asked(record).flatMap(({ type, job }): After => {
      const before = places.get(job);
      const other = before == null ? undefined : records[before];
      if (before == null || other === undefined) {
        left[before === null ? "ambiguous" : "absent"] += 1;
        return [];
      }
      if (before === place || other.submit > record.submit) {
        if (!drawn)
          throw impossible(record, before === place ? "itself" : `job ${job}, a later one`);
        left.moved += 1;
        return [];
      }
      return [{ type, job: before + 1 }];
    }),
  );
  const waits = after.map((own) => own.map(({ job }) => job - 1));
  const circle = inCircle(waits);
  if (circle !== undefined) throw impossible(records[circle], "one that waits for it");
  const note = (count: number, why: string) =>
    count > 0 ? [`${count} dependencies of the trace are left out: ${why}`] : [];
  return {
    after,
    notes: [
      ...note(left.absent, "on jobs that are not replayed"),
      ...note(left.ambiguous, "on jobs that are there several times in the resample"),
      ...note(left.moved, "on jobs that come later in the resample"),
    ],
  };
}

/** By number in the log; null for a number that several jobs have. */
function placesOf(records: readonly LogJob[]): ReadonlyMap<number, number | null> {
  const places = new Map<number, number | null>();
  for (const [place, { job }] of records.entries()) places.set(job, places.has(job) ? null : place);
  return places;
}

/** The dependencies of a job, one by one, each once. */
function asked({ asks }: LogJob): { type: After[number]["type"]; job: number }[] {
  const each = (asks?.dependencies ?? []).flatMap(({ type, jobs }) =>
    jobs.map((job) => ({ type, job })),
  );
  return [...new Map(each.map((one) => [`${one.type} ${one.job}`, one])).values()];
}

function impossible(record: LogJob | undefined, what: string): Failure {
  return new Failure(`job ${record?.job} of the trace depends on ${what}`, {
    remedy: "correct the log: a job can only wait for one that was submitted before it",
  });
}

/** A job that waits for itself by way of others; only jobs of one submit time can. */
function inCircle(waits: Waits): number | undefined {
  if (waits.every((own, place) => own.every((before) => before < place))) return undefined;
  const open = waits.map((own) => own.length);
  const followers = new Map<number, number[]>();
  for (const [place, own] of waits.entries()) {
    for (const before of own) followers.set(before, [...(followers.get(before) ?? []), place]);
  }
  const free = open.flatMap((count, place) => (count === 0 ? [place] : []));
  for (let place = free.pop(); place !== undefined; place = free.pop()) {
    for (const follower of followers.get(place) ?? []) {
      const left = (open[follower] ?? 0) - 1;
      open[follower] = left;
      if (left === 0) free.push(follower);
    }
  }
  const circle = open.findIndex((count) => count > 0);
  return circle < 0 ? undefined : circle;
}

/** Arrays are numbered as they come. A user who was drawn twice has two of each. */
function arrayOf({ asks, user }: LogJob, arrays: Map<string, number>): JobOrder["array"] {
  if (asks?.array === undefined) return undefined;
  const { array, task, limit } = asks.array;
  const key = `${user} ${array}`;
  const number = arrays.get(key) ?? arrays.size + 1;
  arrays.set(key, number);
  return { array: number, task, ...(limit === undefined ? {} : { limit }) };
}
