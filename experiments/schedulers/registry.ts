import type { Scheduler, SchedulerKind } from "../../spec/scheduler";
import type { AdapterContext, SchedulerAdapter } from "./adapter";
import { kubernetesAdapter } from "./kubernetes";
import { slurmAdapter } from "./slurm";

type Factories = {
  readonly [Kind in SchedulerKind]: (
    context: AdapterContext,
    scheduler: Extract<Scheduler, { kind: Kind }>,
  ) => SchedulerAdapter;
};

/** The one place of the experiments' side where a scheduler is chosen. */
const factories: Factories = { slurm: slurmAdapter, kubernetes: kubernetesAdapter };

export function createAdapter(context: AdapterContext, scheduler: Scheduler): SchedulerAdapter {
  return adapterOf(context, scheduler);
}

function adapterOf<Kind extends SchedulerKind>(
  context: AdapterContext,
  scheduler: Extract<Scheduler, { kind: Kind }>,
): SchedulerAdapter {
  const factory: Factories[Kind] = factories[scheduler.kind];
  return factory(context, scheduler);
}
