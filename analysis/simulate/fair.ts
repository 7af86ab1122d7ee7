import type { Report } from "../../base/report";
import { jobColumns, type SimJob } from "./job";
import { schedulers } from "./schedulers";
import { inInputOrder, Simulation, type SimulationOptions } from "./simulation";

/**
 * The fair start of each job, by place in the input: its start in a schedule of the same policy where
 * no later arrival exists. Later arrivals are those that the queue order puts behind it, also at the
 * same instant. Up to its arrival, that schedule is the same as the whole one, so each job costs only
 * the drain from there. Source: Sabin, Kochhar, Sadayappan, ICPP 2004. Throws Failure.
 */
export function fairStarts(
  jobs: readonly SimJob[],
  { procs, policy }: SimulationOptions,
  report?: Report,
): Float64Array {
  const columns = jobColumns(jobs, procs);
  const fair = new Float64Array(columns.count);
  const simulation = Simulation.begin(columns, schedulers[policy](columns, procs));
  let nextReport = 1000;
  while (simulation.next() < Number.POSITIVE_INFINITY) {
    const now = simulation.next();
    simulation.complete(now);
    while (simulation.nextArrival() <= now) {
      const job = simulation.admit();
      fair[job] = startAlone(simulation.withoutArrivals(), job, now);
      if (job + 1 === nextReport) {
        report?.(`fair starts: ${nextReport} of ${columns.count} jobs`);
        nextReport += 1000;
      }
    }
    simulation.pass(now);
  }
  return inInputOrder(columns, fair);
}

function startAlone(simulation: Simulation, job: number, now: number): number {
  simulation.pass(now);
  while (Number.isNaN(simulation.starts[job])) simulation.step();
  return simulation.starts[job] ?? 0;
}
