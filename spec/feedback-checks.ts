import type { Problem } from "./problems";
import type { Resample } from "./resample";
import type { MixedWorkload, Workload } from "./workload";

type Component = MixedWorkload["components"][string];

/** Sessions of a recorded log are found by its ends, which a changed list of its jobs does not have. */
export function feedbackProblems(
  workload: Workload | Component,
  resample: Resample | undefined,
  path: string,
): Problem[] {
  if (workload.kind !== "trace" || workload.feedback === undefined) return [];
  const problem = (message: string) => [{ path: `${path}.feedback`, message }];
  if (resample !== undefined && resample.number !== 0) {
    return problem(
      "sessions are found by the recorded waits, which a resample does not have; leave out feedback or resample",
    );
  }
  if (workload.compressIdle === undefined) return [];
  return problem(
    "sessions are told apart by idle time, of which compressIdle cuts some; leave out feedback or compressIdle",
  );
}
