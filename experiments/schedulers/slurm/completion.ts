import type { JobOutcome, SchedulerMoment } from "../adapter";
import { parseJobName } from "../job-name";
import { expandHostlist } from "./hostlist";

/** On the controller, as the bootstrap sets it. */
export const COMPLETION_LOG = "/var/log/slurm/jobcomp.log";

/** One line of Slurm's completion log (jobcomp/filetxt), as far as a run needs it. */
export interface CompletionRecord {
  readonly run: string;
  readonly outcome: JobOutcome;
  /** Whole seconds as Slurm writes them, in milliseconds. */
  readonly moments: readonly SchedulerMoment[];
}

const states: Readonly<Record<string, JobOutcome["state"]>> = {
  COMPLETED: "completed",
  FAILED: "failed",
  TIMEOUT: "timeout",
  DEADLINE: "timeout",
  CANCELLED: "cancelled",
  REVOKED: "cancelled",
  PREEMPTED: "preempted",
  NODE_FAIL: "node-failed",
  BOOT_FAIL: "node-failed",
  OUT_OF_MEMORY: "out-of-memory",
};

/** Slurm's words for a job that has ended, unless it is put back. */
export const endStates: ReadonlySet<string> = new Set(Object.keys(states));

/**
 * Reads `Key=value Key=value …`; a value may hold blanks, a key starts with a capital. The last of a
 * key repeated wins.
 */
export function parseFields(line: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const part of line.trim().split(/\s+(?=[A-Z][A-Za-z]*=)/)) {
    const at = part.indexOf("=");
    if (at > 0) fields.set(part.slice(0, at), part.slice(at + 1));
  }
  return fields;
}

/**
 * A completion line of one of our jobs; null for anything else. Slurm logs a job when it ends, with
 * its submit, eligible, start and end times in the controller's time zone, which the image sets to
 * UTC; a job that never started has no node and start = end.
 */
export function parseCompletion(line: string): CompletionRecord | null {
  const fields = parseFields(line);
  const name = parseJobName(fields.get("Name") ?? "");
  const id = fields.get("JobId");
  const word = fields.get("JobState");
  if (name === null || id === undefined || word === undefined) return null;

  const nodes = expandHostlist(fields.get("NodeList") ?? "");
  const started = nodes.length > 0;
  const moments: SchedulerMoment[] = [];
  const add = (event: SchedulerMoment["event"], key: string) => {
    const at = parseTime(fields.get(key));
    if (at !== null) moments.push({ job: name.job, schedulerJob: id, event, at });
  };
  add("submit", "SubmitTime");
  add("eligible", "EligibleTime");
  if (started) add("start", "StartTime");
  add("end", "EndTime");

  const cores = Number(fields.get("ProcCnt"));
  const state = states[word] ?? "failed";
  // A job that was cancelled or timed out has no code of its own; Slurm then writes 0.
  const exitCode = parseExit(fields.get("ExitCode"));
  return {
    run: name.run,
    moments,
    outcome: {
      job: name.job,
      schedulerJob: id,
      state,
      detail: word,
      exitCode: exitCode === 0 && state !== "completed" ? null : exitCode,
      nodes,
      allocatedCores: started && Number.isInteger(cores) && cores > 0 ? cores : null,
    },
  };
}

/** `2026-11-21T23:50:01` in UTC; null for `Unknown`, `None` and the epoch's zero. */
export function parseTime(text: string | undefined): number | null {
  if (text === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) return null;
  const at = Date.parse(`${text}Z`);
  return Number.isNaN(at) || at <= 0 ? null : at;
}

/** Slurm's `code:signal`; a signal becomes 128 + signal, as in a shell. */
export function parseExit(text: string | undefined): number | null {
  const match = /^(\d+):(\d+)$/.exec(text ?? "");
  if (match === null) return null;
  const [code, signal] = [Number(match[1]), Number(match[2])];
  return signal > 0 && code === 0 ? 128 + signal : code;
}
