import type { Scheduler, SchedulerKind } from "../../spec/scheduler";
import type { Ask, CycleCounters } from "./cycle";
import { fluxionCounters } from "./flux";
import { volcanoCounters } from "./kubernetes";
import { sdiagCounters } from "./slurm";

const counters: {
  readonly [Kind in SchedulerKind]: (
    scheduler: Extract<Scheduler, { kind: Kind }>,
    ask: Ask,
  ) => CycleCounters | null;
} = {
  slurm: (_, ask) => sdiagCounters(ask),
  kubernetes: (_, ask) => volcanoCounters(ask),
  // The other scheduler of this one publishes no times.
  flux: ({ policy }, ask) => (policy.sched.type === "fluxion" ? fluxionCounters(ask) : null),
};

/** Null for a scheduler that publishes no times of its own. */
export function cycleCounters(scheduler: Scheduler, ask: Ask): CycleCounters | null {
  const make = counters[scheduler.kind] as (scheduler: Scheduler, ask: Ask) => CycleCounters | null;
  return make(scheduler, ask);
}
