import type { Reporter } from "../base/reporter";
import { userNames } from "../spec/users";
import type { ReplayWorkload } from "../spec/workload";
import { type ClusterCapacity, coresOf } from "./cluster";
import { shake } from "./resample/shake";
import { resampleUsers } from "./resample/users";
import type { JobLog } from "./swf/log";
import { type SwfRecord, size } from "./swf/record";
import { unusable } from "./usable";

/** A usable record, who submits it, and where. */
export interface Choice {
  readonly record: SwfRecord;
  readonly user: string;
  readonly partition: string | undefined;
  /** Cores of that partition. */
  readonly capacity: number;
}

export interface ChosenJobs {
  /** In order of submission; fewer than were asked for where the log has no more. */
  readonly choices: readonly Choice[];
  /** Usable records that were found; no more are counted than were asked for. */
  readonly usable: number;
  /** How many records were skipped, by the reason. */
  readonly skipped: ReadonlyMap<string, number>;
  /** What was drawn, for a person. */
  readonly note: readonly string[];
}

/**
 * The first usable records, as many as the workload asks for: of the log, or of its resample by users.
 * Shaking moves the chosen ones, so that all shakes have the same jobs. Reads the whole log. Throws
 * SwfError.
 */
export async function chooseJobs(
  reading: JobLog,
  workload: ReplayWorkload,
  cluster: ClusterCapacity,
  report: Reporter | undefined,
): Promise<ChosenJobs> {
  const resample = workload.resample?.number === 0 ? undefined : workload.resample;
  if (resample?.method === "users") return chooseOfUsers(reading, workload, cluster, report);
  const selection = new Selection(workload, cluster);
  for await (const batch of batches(reading, report)) {
    for (const record of batch) selection.add(record);
  }
  const { choices, skipped } = selection;
  if (resample === undefined) return { choices, usable: choices.length, skipped, note: [] };
  const shaken = shake(
    choices.map((choice) => ({ ...choice.record, choice })),
    resample,
  );
  return {
    choices: shaken.map(({ choice, ...record }) => ({ ...choice, record })),
    usable: choices.length,
    skipped,
    note: ["shaken"],
  };
}

async function chooseOfUsers(
  reading: JobLog,
  workload: ReplayWorkload,
  cluster: ClusterCapacity,
  report: Reporter | undefined,
): Promise<ChosenJobs> {
  const records: SwfRecord[] = [];
  const selection = new Selection(workload, cluster);
  for await (const batch of batches(reading, report)) {
    for (const record of batch) {
      const reason = unusable(record);
      if (reason === null) records.push(record);
      else selection.skip(reason);
    }
  }
  const { choices, skipped } = selection;
  // What the log itself cannot give, its resamples do not give either.
  if (records.length < workload.jobs) {
    return { choices, usable: records.length, skipped, note: [] };
  }
  const resampled = resampleUsers(records, {
    ...workload.resample,
    number: workload.resample?.number ?? 0,
    atLeast: workload.jobs,
  });
  for (const record of resampled.records) selection.add(record);
  return {
    choices,
    usable: choices.length,
    skipped,
    note: [
      `resampled: ${resampled.users} users drawn, moved by multiples of ${resampled.period} s of the log`,
    ],
  };
}

async function* batches(reading: JobLog, report: Reporter | undefined) {
  let nextReport = 500_000;
  for await (const batch of reading.batches()) {
    yield batch;
    if (reading.records < nextReport) continue;
    report?.(`${reading.name}: ${reading.records} records read`);
    nextReport += 500_000;
  }
}

/** The first usable records. Only these take a user's turn. */
class Selection {
  readonly choices: Choice[] = [];
  readonly skipped = new Map<string, number>();
  private readonly userOf: (record: SwfRecord, index: number) => string;

  constructor(
    private readonly workload: ReplayWorkload,
    private readonly cluster: ClusterCapacity,
  ) {
    this.userOf = userMapping(workload);
  }

  add(record: SwfRecord): void {
    if (this.choices.length === this.workload.jobs) return;
    const choice = this.choose(record);
    if (typeof choice === "string") this.skip(choice);
    else this.choices.push(choice);
  }

  skip(reason: string): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1);
  }

  private choose(record: SwfRecord): Choice | string {
    const reason = unusable(record);
    if (reason !== null) return reason;
    const user = this.userOf(record, this.choices.length);
    const partition = this.workload.users.partitions[user];
    const capacity = coresOf(this.cluster, partition);
    if (this.workload.sizes.mode === "skip" && (size(record) ?? 0) > capacity) {
      return `larger than the ${capacity} cores it can have`;
    }
    return { record, user, partition, capacity };
  }
}

/**
 * `round-robin`: the trace's users in order of appearance, so that a user's jobs stay together; jobs
 * of an unknown user take turns. `by-job`: every job takes the next user.
 */
function userMapping(workload: ReplayWorkload): (record: SwfRecord, index: number) => string {
  const names = userNames(workload.users.count);
  const turn = (index: number) => names[index % names.length] ?? "user01";
  if (workload.users.mapping === "by-job") return (_, index) => turn(index);
  const seen = new Map<number, string>();
  return ({ user }, index) => {
    if (user < 0) return turn(index);
    const name = seen.get(user) ?? turn(seen.size);
    seen.set(user, name);
    return name;
  };
}
