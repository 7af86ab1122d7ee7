import type { PolicyOf, SchedulerKind } from "../../spec/scheduler";
import type { ExperimentSpec } from "../../spec/spec";
import type { ClusterPlan } from "../plan";
import { fluxSecrets } from "./flux/secrets";
import { fluxSteps } from "./flux/steps";
import { kubernetesSteps } from "./kubernetes/steps";
import { slurmSecrets } from "./slurm/secrets";
import { slurmSteps } from "./slurm/steps";
import type { BootstrapStep } from "./step";

/** What the infrastructure has to know about a scheduler. Its nodes boot the image role of the same name. */
interface InfraFacts<Policy> {
  /** In an order in which each step comes after all that it needs. The last one is `ready`. */
  readonly steps: (policy: Policy, spec: ExperimentSpec, plan: ClusterPlan) => BootstrapStep[];
  /** Whether its nodes run containers of their own. */
  readonly nestsContainers: boolean;
  /** Secrets by name, each made once per stack: shell commands that print them, run on the host. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Exhaustive over the kinds. This is the only place in this room where a scheduler is chosen. */
const schedulers: { readonly [Kind in SchedulerKind]: InfraFacts<PolicyOf<Kind>> } = {
  slurm: { steps: slurmSteps, nestsContainers: false, secrets: slurmSecrets },
  kubernetes: { steps: kubernetesSteps, nestsContainers: true, secrets: {} },
  flux: { steps: fluxSteps, nestsContainers: false, secrets: fluxSecrets },
};

export function bootstrapSteps(spec: ExperimentSpec, plan: ClusterPlan): BootstrapStep[] {
  return stepsOf(spec.scheduler, spec, plan);
}

function stepsOf<Kind extends SchedulerKind>(
  { kind, policy }: { readonly kind: Kind; readonly policy: PolicyOf<Kind> },
  spec: ExperimentSpec,
  plan: ClusterPlan,
): BootstrapStep[] {
  return schedulers[kind].steps(policy, spec, plan);
}

export function nestsContainers(kind: SchedulerKind): boolean {
  return schedulers[kind].nestsContainers;
}

export function schedulerSecrets(kind: SchedulerKind): Readonly<Record<string, string>> {
  return schedulers[kind].secrets;
}
