/** The mark by which our jobs are known in any scheduler's queue and records. */
export function jobName(run: string, job: number): string {
  return `schedlab-${run}-${job}`;
}

/** The reverse; null for a job that is not ours. */
export function parseJobName(name: string): { run: string; job: number } | null {
  const match = /^schedlab-(\d{8}T\d{6}Z-[0-9a-z]{6})-([1-9]\d*)$/.exec(name);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  return { run: match[1], job: Number(match[2]) };
}
