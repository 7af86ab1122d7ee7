import type { ClusterPlan } from "../plan";
import type { Scheduler, SchedulerKind } from "../spec/scheduler";
import type { ExperimentSpec } from "../spec/spec";
import { slurmSteps } from "./slurm/steps";
import type { BootstrapStep } from "./step";

/** Role of the image that a scheduler's nodes boot. */
export const imageRoles = { slurm: "slurm" } as const satisfies Record<SchedulerKind, string>;

type StepsOf<Kind extends SchedulerKind> = (
  policy: Extract<Scheduler, { kind: Kind }>["policy"],
  spec: ExperimentSpec,
  plan: ClusterPlan,
) => BootstrapStep[];

const schedulers: { readonly [Kind in SchedulerKind]: StepsOf<Kind> } = { slurm: slurmSteps };

/** The steps in an order in which each comes after all that it needs; the last one is `ready`. */
export function bootstrapSteps(spec: ExperimentSpec, plan: ClusterPlan): BootstrapStep[] {
  const { kind, policy } = spec.scheduler;
  return schedulers[kind](policy, spec, plan);
}
