import type { Scheduler, SchedulerKind } from "../../infra/spec/scheduler";
import type { AdapterContext, SchedulerAdapter } from "./adapter";
import { slurmAdapter } from "./slurm";

type Factories = {
  readonly [Kind in SchedulerKind]: (
    context: AdapterContext,
    scheduler: Extract<Scheduler, { kind: Kind }>,
  ) => SchedulerAdapter;
};

/** The one place of the experiments' side where a scheduler is chosen. */
const factories: Factories = { slurm: slurmAdapter };

export function createAdapter(context: AdapterContext, scheduler: Scheduler): SchedulerAdapter {
  return factories[scheduler.kind](context, scheduler);
}
