import type { Scheduler, SchedulerKind } from "../../spec/scheduler";
import type { ExperimentSpec } from "../../spec/spec";
import type { ClusterPlan } from "../plan";
import { kubernetesSteps } from "./kubernetes/steps";
import { slurmSteps } from "./slurm/steps";
import type { BootstrapStep } from "./step";

/** Role of the image that a scheduler's nodes boot. */
export const imageRoles = {
  slurm: "slurm",
  kubernetes: "kubernetes",
} as const satisfies Record<SchedulerKind, string>;

/** Whether a scheduler's nodes run containers of their own. */
export const nestsContainers: Record<SchedulerKind, boolean> = { slurm: false, kubernetes: true };

type PolicyOf<Kind extends SchedulerKind> = Extract<Scheduler, { kind: Kind }>["policy"];

type StepsOf<Kind extends SchedulerKind> = (
  policy: PolicyOf<Kind>,
  spec: ExperimentSpec,
  plan: ClusterPlan,
) => BootstrapStep[];

const schedulers: { readonly [Kind in SchedulerKind]: StepsOf<Kind> } = {
  slurm: slurmSteps,
  kubernetes: kubernetesSteps,
};

/** The steps in an order in which each comes after all that it needs; the last one is `ready`. */
export function bootstrapSteps(spec: ExperimentSpec, plan: ClusterPlan): BootstrapStep[] {
  return stepsOf(spec.scheduler, spec, plan);
}

function stepsOf<Kind extends SchedulerKind>(
  { kind, policy }: { readonly kind: Kind; readonly policy: PolicyOf<Kind> },
  spec: ExperimentSpec,
  plan: ClusterPlan,
): BootstrapStep[] {
  return schedulers[kind](policy, spec, plan);
}
