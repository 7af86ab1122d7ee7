import type { Estimate } from "../foretold";
import { parseJobName } from "../job-name";

/** More jobs than ever wait; without it Flux lists a thousand. */
const ALL = 10_000_000;

/** Fluxion writes the start that it has reserved for a job into the job's annotations. */
export const estimatesCommand =
  `cd / && export HOME="\${HOME:-/}" && flux jobs -n -A --filter=pending --count=${ALL} ` +
  "-o '{annotations.sched.t_estimate}|{name}' </dev/null";

/** Fluxion plans in whole seconds. */
const RESOLUTION_MS = 1000;

/**
 * The expected starts of one run's jobs, as far as there are some: how many depends on the policy. Seconds since
 * the epoch, with or without a fraction.
 */
export function parseEstimates(output: string, runId: string): Estimate[] {
  return output.split("\n").flatMap((line) => {
    const [estimate = "", ...name] = line.split("|");
    const own = parseJobName(name.join("|").trim());
    if (own?.run !== runId || !/^\d+(\.\d+)?$/.test(estimate.trim())) return [];
    const startAt = Number(estimate) * 1000;
    return startAt > 0 ? [{ job: own.job, startAt, resolutionMs: RESOLUTION_MS }] : [];
  });
}
