import type { Estimate } from "../foretold";
import { parseJobName } from "../job-name";
import { parseTime } from "./completion";

/** `%S` is the start that is expected of a job that waits; N/A while nobody has computed one. `%r` is why it waits. */
export const estimatesCommand = "squeue --noheader --states=PENDING --format='%S|%r|%j'";

/** Of a job that may not start yet slurmctld shows as `%S` from when on it may, or what it once computed. */
const notPlanned: ReadonlySet<string> = new Set(["BeginTime", "Dependency"]);

/** slurmctld plans in whole seconds. */
const RESOLUTION_MS = 1000;

/** The expected starts of one run's jobs, as far as there are some; the name is last, for it may hold anything. */
export function parseEstimates(output: string, runId: string): Estimate[] {
  return output.split("\n").flatMap((line) => {
    const [start, reason = "", ...name] = line.split("|");
    const startAt = parseTime(start?.trim());
    const own = parseJobName(name.join("|"));
    if (startAt === null || own?.run !== runId || notPlanned.has(reason.trim())) return [];
    return [{ job: own.job, startAt, resolutionMs: RESOLUTION_MS }];
  });
}
