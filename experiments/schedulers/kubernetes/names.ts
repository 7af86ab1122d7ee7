import { jobName } from "../job-name";

/** Labels by which a run's objects are found; the values say what the names cannot, for those are lower case. */
export const runLabel = "schedlab.local/run";
export const jobLabel = "schedlab.local/job";

/** Volcano's own labels of a pod. */
export const podJobLabel = "volcano.sh/job-name";
export const podTaskLabel = "volcano.sh/task-spec";

/** The pod that runs the wrapper, and rank 0. */
export const mainTask = "main";

/** Name of the Volcano Job. */
export function objectName(run: string, job: number): string {
  return jobName(run, job).toLowerCase();
}

/** How a job is named outside its namespace. */
export function schedulerJobName(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

export function parseSchedulerJob(text: string): { namespace: string; name: string } | null {
  const match = /^([a-z0-9-]+)\/([a-z0-9-]+)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  return { namespace: match[1], name: match[2] };
}

interface Labelled {
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** Run and number of a job of ours, by its labels; null for any other's. */
export function ownJob({ labels = {} }: Labelled): { run: string; job: number } | null {
  const run = labels[runLabel];
  const job = Number(labels[jobLabel]);
  return run === undefined || !Number.isInteger(job) || job < 1 ? null : { run, job };
}
