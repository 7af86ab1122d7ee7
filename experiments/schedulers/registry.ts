import type { Scheduler, SchedulerKind } from "../../spec/scheduler";
import type { AdapterContext, PlacementNotation, SchedulerAdapter } from "./adapter";
import { fluxAdapter } from "./flux/adapter";
import { fluxPlacement } from "./flux/placement";
import { jobPackages } from "./job-packages";
import { kubernetesAdapter } from "./kubernetes/adapter";
import { kubernetesPlacement } from "./kubernetes/placement";
import { slurmAdapter } from "./slurm/adapter";
import { slurmPlacement } from "./slurm/hostlist";

type SchedulerOf<Kind extends SchedulerKind> = Extract<Scheduler, { kind: Kind }>;

/** What an experiment has to know of a scheduler. */
interface LiveFacts<Kind extends SchedulerKind> {
  readonly adapter: (context: AdapterContext, scheduler: SchedulerOf<Kind>) => SchedulerAdapter;
  readonly placement: PlacementNotation;
  /** Debian packages that jobs run or are linked with: globs, whose versions are conditions of a run. */
  readonly conditionPackages: readonly string[];
}

/** Exhaustive over the kinds: the one place of this room where a scheduler is chosen. */
const schedulers: { readonly [Kind in SchedulerKind]: LiveFacts<Kind> } = {
  slurm: { adapter: slurmAdapter, placement: slurmPlacement, conditionPackages: jobPackages },
  kubernetes: {
    adapter: kubernetesAdapter,
    placement: kubernetesPlacement,
    conditionPackages: jobPackages,
  },
  flux: { adapter: fluxAdapter, placement: fluxPlacement, conditionPackages: jobPackages },
};

export function createAdapter(context: AdapterContext, scheduler: Scheduler): SchedulerAdapter {
  return adapterOf(context, scheduler);
}

function adapterOf<Kind extends SchedulerKind>(
  context: AdapterContext,
  scheduler: SchedulerOf<Kind>,
): SchedulerAdapter {
  const { adapter }: LiveFacts<Kind> = schedulers[scheduler.kind];
  return adapter(context, scheduler);
}

export function placementNotation(kind: SchedulerKind): PlacementNotation {
  return schedulers[kind].placement;
}

export function conditionPackages(kind: SchedulerKind): readonly string[] {
  return schedulers[kind].conditionPackages;
}
