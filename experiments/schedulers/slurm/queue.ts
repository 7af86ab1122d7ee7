import type { QueuedJob } from "../adapter";
import { parseJobName } from "../job-name";

export const queueCommand = "squeue --noheader --states=all --format='%i|%u|%T|%j'";

/** States in which a job can still change; squeue also lists jobs that ended a moment ago. */
export const unfinished: ReadonlySet<string> = new Set([
  "PENDING",
  "RUNNING",
  "SUSPENDED",
  "COMPLETING",
  "CONFIGURING",
  "REQUEUED",
  "REQUEUE_HOLD",
  "REQUEUE_FED",
  "RESIZING",
  "RESV_DEL_HOLD",
  "SIGNALING",
  "SPECIAL_EXIT",
  "STAGE_OUT",
  "STOPPED",
]);

/** States in which a job holds nothing. */
export const waiting: ReadonlySet<string> = new Set([
  "PENDING",
  "REQUEUED",
  "REQUEUE_HOLD",
  "REQUEUE_FED",
  "RESV_DEL_HOLD",
  "SPECIAL_EXIT",
]);

/** Jobs that wait, run or are being taken down; the name is last, for it may hold anything. */
export function parseQueue(output: string): QueuedJob[] {
  return output.split("\n").flatMap((line) => {
    const [schedulerJob = "", user = "", state = "", ...name] = line.split("|");
    if (!unfinished.has(state)) return [];
    const ours = parseJobName(name.join("|"));
    return [{ schedulerJob, user, state, run: ours?.run ?? null, job: ours?.job ?? null }];
  });
}

export const statesCommand = "squeue --noheader --states=all --format='%i|%T'";

/** The state of each job, by id. */
export function parseStates(output: string): Map<string, string> {
  return new Map(
    output.split("\n").flatMap((line) => {
      const [id = "", state = ""] = line.split("|");
      return state === "" ? [] : [[id, state] as const];
    }),
  );
}
