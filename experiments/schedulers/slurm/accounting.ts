import { shellQuote } from "../../../base/quote";
import type { AccountedJob } from "../adapter";
import { jobName, parseJobName } from "../job-name";
import { parseFields, parseTime } from "./completion";
import { unfinished, waiting } from "./queue";

const BETWEEN = "--";

/**
 * All that slurmctld knows, then what the completion log holds of the run: slurmctld forgets a job
 * MinJobAge after its end, and has written it to the log by then.
 */
export function accountingCommand(runId: string, completionLog: string): string {
  const ours = shellQuote(`Name=${jobName(runId, 1).slice(0, -1)}`);
  return [
    "squeue --noheader --states=all --format='%i|%T|%V|%S|%e|%j'",
    `echo ${BETWEEN}`,
    // grep ends with 1 when no line matches.
    `{ grep -F -e ${ours} ${shellQuote(completionLog)} || [ $? = 1 ]; }`,
  ].join(" && ");
}

/** The jobs of one run, each once, with the latest word on it; null for an answer that is cut off. */
export function parseAccounting(output: string, runId: string): AccountedJob[] | null {
  const lines = output.split("\n");
  const between = lines.indexOf(BETWEEN);
  if (between < 0) return null;
  const logged = lines.slice(between + 1).flatMap((line) => loggedJob(line, runId) ?? []);
  const known = lines.slice(0, between).flatMap((line) => knownJob(line, runId) ?? []);
  // A job that was requeued is in the log, and lives: slurmctld's own word comes last.
  const jobs = new Map([...logged, ...known].map((job) => [job.schedulerJob, job]));
  return [...jobs.values()];
}

function knownJob(line: string, runId: string): AccountedJob | null {
  const [schedulerJob = "", state = "", submit, start, end, ...name] = line.split("|");
  const own = parseJobName(name.join("|"));
  if (own === null || own.run !== runId) return null;
  const waits = waiting.has(state);
  return {
    job: own.job,
    schedulerJob,
    submission: jobName(runId, own.job, own.submission),
    state,
    waiting: waits,
    submitAt: parseTime(submit),
    // Of a job that waits or runs squeue also says when it expects the start or the end.
    startAt: waits ? null : parseTime(start),
    endAt: unfinished.has(state) ? null : parseTime(end),
  };
}

function loggedJob(line: string, runId: string): AccountedJob | null {
  const fields = parseFields(line);
  const own = parseJobName(fields.get("Name") ?? "");
  const schedulerJob = fields.get("JobId");
  if (own === null || own.run !== runId || schedulerJob === undefined) return null;
  const nodes = fields.get("NodeList") ?? "(null)";
  return {
    job: own.job,
    schedulerJob,
    submission: jobName(runId, own.job, own.submission),
    state: fields.get("JobState") ?? "",
    waiting: false,
    submitAt: parseTime(fields.get("SubmitTime")),
    startAt: nodes === "(null)" ? null : parseTime(fields.get("StartTime")),
    endAt: parseTime(fields.get("EndTime")),
  };
}
