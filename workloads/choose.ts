import type { Reporter } from "../base/reporter";
import { userNames } from "../spec/users";
import { mostJobs, type ReplayWorkload, type TraceWorkload } from "../spec/workload";
import { batchesOf } from "./batches";
import { type ClusterCapacity, coresOf } from "./cluster";
import { BusyTimes, compressIdle } from "./idle";
import { keptPartition } from "./keep";
import { shake } from "./resample/shake";
import { resampleUsers } from "./resample/users";
import type { JobLog, LogJob } from "./swf/log";
import { size } from "./swf/record";
import { unusable } from "./usable";

/** A usable record, who submits it, and where. */
export interface Choice {
  readonly record: LogJob;
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
  /** What was drawn or changed, for a person. */
  readonly note: readonly string[];
}

/**
 * The first usable records, as many as the workload asks for: of the log or of a window of it, or of
 * its resample by users. Shaking moves the chosen ones, so that all shakes have the same jobs. Reads the
 * whole log. Throws SwfError, and Failure where idle stretches are to be cut and not known.
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
  const { window, compress } = logOptions(workload);
  const busy = new BusyTimes(reading.name);
  for await (const batch of batchesOf(reading, report)) {
    for (const record of batch) {
      if (compress !== undefined && !selection.full && !isAfter(record, window)) busy.add(record);
      if (isWithin(record, window)) selection.add(record);
    }
  }
  const { skipped } = selection;
  // A tolerant reading of the Standard Workload Format gives jobs in the order of their lines.
  const choices = selection.choices.toSorted((a, b) => a.record.submit - b.record.submit);
  const chosen = { choices, usable: choices.length, skipped };
  if (resample !== undefined) {
    const shaken = shake(
      choices.map((choice) => ({ ...choice.record, choice })),
      resample,
    );
    const records = shaken.map(({ choice, ...record }) => ({ ...choice, record }));
    return { ...chosen, choices: records, note: [...selection.note(), "shaken"] };
  }
  if (compress === undefined) return { ...chosen, note: selection.note() };
  const compressed = compressIdle(choices, busy, compress);
  return {
    ...chosen,
    choices: compressed.choices,
    note: [...selection.note(), compressed.note],
  };
}

async function chooseOfUsers(
  reading: JobLog,
  workload: ReplayWorkload,
  cluster: ClusterCapacity,
  report: Reporter | undefined,
): Promise<ChosenJobs> {
  const records: LogJob[] = [];
  const selection = new Selection(workload, cluster);
  const { window } = logOptions(workload);
  for await (const batch of batchesOf(reading, report)) {
    for (const record of batch) {
      if (!isWithin(record, window)) continue;
      const reason = unusable(record);
      if (reason === null) records.push(record);
      else selection.skip(reason);
    }
  }
  const { choices, skipped } = selection;
  const wanted = workload.jobs === "all" ? 0 : workload.jobs;
  // What the log itself cannot give, its resamples do not give either.
  if (records.length < wanted) {
    return { choices, usable: records.length, skipped, note: [] };
  }
  const resampled = resampleUsers(records, {
    ...workload.resample,
    number: workload.resample?.number ?? 0,
    atLeast: wanted,
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

type Window = TraceWorkload["window"];

/** What only a recorded log has. */
function logOptions(workload: ReplayWorkload) {
  if (workload.kind !== "trace") return {};
  return { window: workload.window, compress: workload.compressIdle?.longerThan };
}

function isAfter({ submit }: LogJob, window: Window): boolean {
  return window !== undefined && submit >= window.from + window.seconds;
}

function isWithin(record: LogJob, window: Window): boolean {
  return window === undefined || (record.submit >= window.from && !isAfter(record, window));
}

/** The first usable records. Only these take a user's turn. */
class Selection {
  readonly choices: Choice[] = [];
  readonly skipped = new Map<string, number>();
  private readonly userOf: (record: LogJob, index: number) => string;
  /** One more than there may be shows that there are too many. */
  private readonly most: number;
  /** Usable records behind the last one that was taken. */
  private further = 0;

  constructor(
    private readonly workload: ReplayWorkload,
    private readonly cluster: ClusterCapacity,
  ) {
    this.userOf = userMapping(workload);
    this.most = workload.jobs === "all" ? mostJobs + 1 : workload.jobs;
  }

  get full(): boolean {
    return this.choices.length === this.most;
  }

  add(record: LogJob): void {
    if (this.full) {
      if (unusable(record) === null) this.further += 1;
      return;
    }
    const choice = this.choose(record);
    if (typeof choice === "string") this.skip(choice);
    else this.choices.push(choice);
  }

  skip(reason: string): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1);
  }

  /** Whoever asks for a window may not expect that a number of jobs cuts it. */
  note(): string[] {
    if (this.further === 0 || logOptions(this.workload).window === undefined) return [];
    return [
      `${this.further} further usable jobs of the window are left out: workload.jobs is ${this.workload.jobs}`,
    ];
  }

  private choose(record: LogJob): Choice | string {
    const reason = unusable(record);
    if (reason !== null) return reason;
    const user = this.userOf(record, this.choices.length);
    const partition =
      this.workload.users.partitions[user] ??
      keptPartition(this.workload, this.cluster, record.asks);
    const capacity = coresOf(this.cluster, partition);
    if (this.workload.sizes.mode === "skip" && (size(record) ?? 0) > capacity) {
      return `larger than the ${capacity} cores it can have`;
    }
    return { record, user, partition, capacity };
  }
}

/**
 * `round-robin`: the trace's users in order of appearance, so that a user's jobs stay together; jobs
 * of an unknown user take turns, and users who are named are whom they are said to be. `by-job`: every job
 * takes the next user.
 */
function userMapping(workload: ReplayWorkload): (record: LogJob, index: number) => string {
  const named = new Map(Object.entries(workload.users.names ?? {}));
  const names = userNames(workload.users.count);
  const turn = (index: number) => names[index % names.length] ?? "user01";
  if (workload.users.mapping === "by-job") return (_, index) => turn(index);
  const seen = new Map<number, string>();
  return ({ user, asks }, index) => {
    const known = named.get(asks?.user ?? "");
    if (known !== undefined) return known;
    if (user < 0) return turn(index);
    const name = seen.get(user) ?? turn(seen.size);
    seen.set(user, name);
    return name;
  };
}
