const namedAtMost = 5;

/** `job 31`, `jobs 3, 7 and 9`, `jobs 1, 2, 3, 4, 5 and 7 more`. */
export function jobsNamed(jobs: readonly (number | string)[], word = "job"): string {
  if (jobs.length === 1) return `${word} ${jobs[0]}`;
  const shown = jobs.length > namedAtMost + 1 ? jobs.slice(0, namedAtMost) : jobs.slice(0, -1);
  const last = shown.length < jobs.length - 1 ? `${jobs.length - shown.length} more` : jobs.at(-1);
  return `${word}s ${shown.join(", ")} and ${last}`;
}

export function counted(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}

/** Seconds as a person reads them: milliseconds below a tenth, whole above 100. */
export function secondsText(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 0.1) return `${(seconds * 1000).toFixed(1)} ms`;
  return `${seconds.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0)} s`;
}

export function percentText(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Parts that hold, as one sentence. */
export function listed(parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false).join("; ");
}
