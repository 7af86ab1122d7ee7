import type { WorkloadJob } from "../../../workloads/job";
import type { JobRequest } from "../adapter";
import { jobName } from "../job-name";
import { OUTPUT_DIRECTORY, wrapperCommand } from "../wrapper";
import { type AskContext, askDirectives } from "./asks";
import { dependencyList } from "./dependencies";

export interface ScriptContext extends AskContext {
  readonly runId: string;
  /** Directory of the run on every node. */
  readonly directory: string;
  /** A job that is preempted, or whose node leaves or fails, goes back to the queue. */
  readonly requeues: (job: WorkloadJob) => boolean;
}

/** Slurm's `D-HH:MM:SS`; whole seconds, rounded up. slurmctld itself rounds up to a minute. */
export function timeLimit(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const days = Math.floor(whole / 86_400);
  const clock = [Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60];
  return `${days}-${clock.map(two).join(":")}`;
}

/**
 * The script that `sbatch` reads. One task a core lets Slurm spread a job over nodes as it likes.
 * Output stays on the first node; a shared directory would be one more thing that jobs wait for.
 */
export function renderScript(
  { job, body, after = [] }: JobRequest,
  submission: number,
  context: ScriptContext,
): string {
  const directives = [
    `--job-name=${jobName(context.runId, job.id, submission)}`,
    ...(job.partition === undefined ? [] : [`--partition=${job.partition}`]),
    `--ntasks=${job.cores}`,
    `--time=${timeLimit(job.limitSeconds)}`,
    ...askDirectives(job, context),
    ...(after.length === 0
      ? []
      : [`--dependency=${dependencyList(after)}`, "--kill-on-invalid-dep=yes"]),
    context.requeues(job) ? "--requeue" : "--no-requeue",
    "--open-mode=append",
    "--chdir=/",
    `--output=${context.directory}/${OUTPUT_DIRECTORY}/${job.id}`,
  ];
  const command = renderWrapper({ job, body }, context);
  return ["#!/bin/bash", ...directives.map((line) => `#SBATCH ${line}`), command, ""].join("\n");
}

/** The last line of a job's script. */
export function renderWrapper(
  { job, body }: JobRequest,
  { directory }: Pick<ScriptContext, "directory">,
): string {
  return wrapperCommand({
    directory,
    job: job.id,
    body,
    schedulerJob: '"$SLURM_JOB_ID"',
    nodeList: '"$SLURM_JOB_NODELIST"',
    nodeCores: '"$SLURM_JOB_CPUS_PER_NODE"',
    everywhere: "srun --unbuffered",
    mpi: "srun --mpi=pmix",
    cores: job.cores,
  });
}
