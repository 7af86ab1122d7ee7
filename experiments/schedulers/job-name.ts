/**
 * The mark by which our jobs are known in any scheduler's queue and records. With `submission`, from 1,
 * it is also the identity of one hand-over of the job: two jobs of one number can be told apart.
 */
export function jobName(run: string, job: number, submission?: number): string {
  const name = `schedlab-${run}-${job}`;
  return submission === undefined ? name : `${name}-${submission}`;
}

/** The reverse; null for a job that is not ours. A name without a submission is that of the first. */
export function parseJobName(
  name: string,
): { run: string; job: number; submission: number } | null {
  const match = /^schedlab-(\d{8}T\d{6}Z-[0-9a-z]{6})-([1-9]\d*)(?:-([1-9]\d*))?$/.exec(name);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  return { run: match[1], job: Number(match[2]), submission: Number(match[3] ?? 1) };
}
