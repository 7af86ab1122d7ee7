import type { JobRequest } from "../adapter";
import { jobName } from "../job-name";
import { OUTPUT_DIRECTORY } from "../wrapper";
import { askFields } from "./asks";
import { dependencyList } from "./dependencies";
import { renderWrapper, type ScriptContext } from "./script";

const secondsPerMinute = 60;
/** OPEN_MODE_APPEND in slurm.h. */
const append = 1;

/**
 * What submitter.pl hands to Slurm's library, in the names of its job_desc_msg_t: what sbatch would make of
 * the same job's script. A job of the body `hold` has no script, and its comment says for how long
 * holder.pl keeps it.
 */
export function renderDescription(
  request: JobRequest,
  submission: number,
  context: ScriptContext,
): string {
  const { job, body, after = [] } = request;
  const fields: (readonly [string, string | number])[] = [
    ["name", jobName(context.runId, job.id, submission)],
    ...(job.partition === undefined ? [] : [["partition", job.partition] as const]),
    ["num_tasks", job.cores],
    ["min_cpus", job.cores],
    ["time_limit", Math.max(1, Math.ceil(job.limitSeconds / secondsPerMinute))],
    ...askFields(job, context),
    // What becomes of a job whose dependency fails is in slurm.conf: the library has no field for it.
    ...(after.length === 0 ? [] : [["dependency", dependencyList(after)] as const]),
    ["requeue", context.requeues(job) ? 1 : 0],
    ["work_dir", "/"],
  ];
  const lines = (all: typeof fields) => all.map(([key, value]) => `${key}=${value}\n`).join("");
  if (body.kind === "hold") return lines([...fields, ["comment", `hold ${body.seconds}`]]);
  const batch = lines([
    ...fields,
    ["open_mode", append],
    ["std_out", `${context.directory}/${OUTPUT_DIRECTORY}/${job.id}`],
  ]);
  return `${batch}\n#!/bin/bash\n${renderWrapper(request, context)}\n`;
}
