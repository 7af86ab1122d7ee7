import type { Estimate } from "../adapter";
import { parseJobName } from "../job-name";
import { parseTime } from "./completion";

/** `%S` is the start that is expected of a job that waits; N/A while nobody has computed one. */
export const estimatesCommand = "squeue --noheader --states=PENDING --format='%S|%j'";

/** slurmctld plans in whole seconds. */
const RESOLUTION_MS = 1000;

/** The expected starts of one run's jobs, as far as there are some; the name is last, for it may hold anything. */
export function parseEstimates(output: string, runId: string): Estimate[] {
  return output.split("\n").flatMap((line) => {
    const [start, ...name] = line.split("|");
    const startAt = parseTime(start?.trim());
    const own = parseJobName(name.join("|"));
    if (startAt === null || own?.run !== runId) return [];
    return [{ job: own.job, startAt, resolutionMs: RESOLUTION_MS }];
  });
}
