import { exactDifference } from "../../../workloads/decimal";
import { bootstrapPareto } from "../../pareto/bootstrap";
import { type Measured, normalise, objectives, reference } from "../../pareto/objectives";
import type { SimJob } from "../../simulate/job";
import { makespanBound } from "../../simulate/makespan-bound";
import type { Interval } from "../../statistics/quantile";
import type { Configuration } from "./configuration";
import { type ReportRun, runMetric } from "./run";
import { type SimulatedJobs, simulatedJobs } from "./simulated";

export interface HypervolumeResult {
  readonly mean: number;
  readonly interval: Interval | null;
  readonly objectives: readonly string[];
}

const seed = 1;

/** Over the normalised objectives that every run knows. */
export function normalisedHypervolume(
  configurations: readonly Configuration[],
): HypervolumeResult | string {
  const tuples = configurations.map(({ label, jobLists }) => ({
    name: label,
    sample: jobLists.map(({ jobList, repeats }) => ({
      jobList,
      repeats: repeats.map((run) => normalise(measured(run)).values),
    })),
  }));
  const known = objectives.filter((objective) =>
    tuples.every(({ sample }) =>
      sample.every(({ repeats }) => repeats.every((values) => values[objective] !== null)),
    ),
  );
  if (known.length < 2) return "fewer than two normalised objectives are known for every run";
  const { hypervolume } = bootstrapPareto(
    tuples.map(({ name, sample }) => ({
      name,
      sample: sample.map(({ jobList, repeats }) => ({
        jobList,
        repeats: repeats.map((values) => known.map((objective) => values[objective] ?? 0)),
      })),
    })),
    { reference: reference.slice(0, known.length), seed },
  );
  return { ...hypervolume, objectives: known };
}

/** The figures of the run from which its normalised objectives are computed. */
export function measured(run: ReportRun): Measured {
  const jobs = simulatedJobs(run);
  return {
    utilisation: runMetric(run, "utilisation"),
    jain: runMetric(run, "jain"),
    makespan: runMetric(run, "makespan"),
    makespanBound: typeof jobs === "string" ? null : makespanBound(sinceSubmit(jobs), jobs.procs),
    underProvisioned: runMetric(run, "theta_u"),
    overProvisioned: runMetric(run, "theta_o"),
    supplyCanChange: run.elastic !== null,
  };
}

/**
 * According to the clocks, a job may start just before its submission; the makespan covers the time
 * since then.
 */
function sinceSubmit({ jobs, records }: SimulatedJobs): SimJob[] {
  return jobs.map((job, index) => {
    const early = exactDifference(job.submit, records[index]?.start ?? job.submit);
    return early > 0 ? { ...job, run: Math.max(0, exactDifference(job.run, early)) } : job;
  });
}
