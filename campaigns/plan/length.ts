import type { SimJob } from "../../analysis/simulate/job";
import { makespanBound } from "../../analysis/simulate/makespan-bound";
import { simulate } from "../../analysis/simulate/simulation";
import type { WorkloadJob } from "../../workloads/job";
import { earliestSubmits } from "./earliest";

/** Beyond this many jobs a simulation takes longer than a plan should, and the bound has to do. */
const mostSimulated = 20_000;

/**
 * Seconds from the start of the replay to the last end, by the jobs alone: under EASY backfilling on one
 * machine with the cluster's cores, or for very many jobs the bound that no schedule beats. Schedulers
 * that start jobs later, and jobs that end at their limit, take longer or shorter. Jobs that wait for others
 * come as early as they can; limits of arrays are left out.
 */
export function plannedLength(jobs: readonly WorkloadJob[], cores: number): number {
  const submits = earliestSubmits(jobs);
  const known: SimJob[] = jobs.map(
    ({ id, submitSeconds, cores: size, runSeconds, limitSeconds }, index) => ({
      job: id,
      submit: submits[index] ?? submitSeconds,
      size,
      // The scheduler ends a job at its limit.
      run: Math.min(runSeconds, limitSeconds),
      estimate: limitSeconds,
    }),
  );
  const first = known[0]?.submit ?? 0;
  if (known.length > mostSimulated) return first + (makespanBound(known, cores) ?? 0);
  const { starts } = simulate(known, { procs: cores, policy: "easy" });
  return known.reduce((last, { run }, index) => Math.max(last, (starts[index] ?? 0) + run), 0);
}
