import type { PolicyOf, SchedulerKind } from "../../spec/scheduler";
import { volcanoConfiguration } from "../../spec/schedulers/kubernetes/site";
import type { ExperimentSpec } from "../../spec/spec";
import type { ClusterPlan } from "../plan";
import type { Change } from "./changes";
import { leaderFile } from "./flux/configuration";
import { fluxSecrets } from "./flux/secrets";
import { fluxChanges } from "./flux/site";
import { fluxSteps } from "./flux/steps";
import { kubernetesSteps } from "./kubernetes/steps";
import { volcanoChanges } from "./kubernetes/volcano-site";
import { volcanoFile } from "./kubernetes/volcano-step";
import type { InstalledFile } from "./shell";
import { slurmFiles } from "./slurm/configuration";
import { slurmLayout } from "./slurm/layout";
import { slurmSecrets } from "./slurm/secrets";
import { slurmSiteChanges } from "./slurm/site-changes";
import { slurmSteps } from "./slurm/steps";
import type { BootstrapStep } from "./step";

/** What the infrastructure has to know about a scheduler. Its nodes boot the image role of the same name. */
interface InfraFacts<Policy> {
  /** In an order in which each step comes after all that it needs. The last one is `ready`. */
  readonly steps: (policy: Policy, spec: ExperimentSpec, plan: ClusterPlan) => BootstrapStep[];
  /** Whether its nodes run containers of their own. */
  readonly nestsContainers: boolean;
  /** The files that say what the policy is. */
  readonly policyFiles: (
    policy: Policy,
    spec: ExperimentSpec,
    plan: ClusterPlan,
  ) => readonly InstalledFile[];
  /** What of a site's own configuration is otherwise on this cluster; nothing where there is none. */
  readonly siteChanges: (
    policy: Policy,
    spec: ExperimentSpec,
    plan: ClusterPlan,
  ) => readonly Change[];
  /** Secrets by name, each made once per stack: shell commands that print them, run on the host. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Exhaustive over the kinds. This is the only place in this room where a scheduler is chosen. */
const schedulers: { readonly [Kind in SchedulerKind]: InfraFacts<PolicyOf<Kind>> } = {
  slurm: {
    steps: slurmSteps,
    nestsContainers: false,
    policyFiles: (policy, spec, plan) => slurmFiles(policy, plan, slurmLayout(spec, plan)),
    siteChanges: slurmSiteChanges,
    secrets: slurmSecrets,
  },
  kubernetes: {
    steps: kubernetesSteps,
    nestsContainers: true,
    policyFiles: (policy, spec) => [volcanoFile(policy, spec)],
    siteChanges: (_, { scheduler }) => {
      const site = scheduler.kind === "kubernetes" ? volcanoConfiguration(scheduler.site) : null;
      return site === null ? [] : volcanoChanges(site);
    },
    secrets: {},
  },
  flux: {
    steps: fluxSteps,
    nestsContainers: false,
    policyFiles: (policy, spec, plan) => [leaderFile(policy, spec, plan)],
    siteChanges: (_, { scheduler }, plan) =>
      fluxChanges(scheduler.kind === "flux" ? scheduler.site : undefined, plan),
    secrets: fluxSecrets,
  },
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

export function siteChanges(spec: ExperimentSpec, plan: ClusterPlan): readonly Change[] {
  return changesOf(spec.scheduler, spec, plan);
}

/** The files on the controller that say what the policy is. */
export function policyFiles(spec: ExperimentSpec, plan: ClusterPlan): readonly InstalledFile[] {
  return filesOf(spec.scheduler, spec, plan);
}

function filesOf<Kind extends SchedulerKind>(
  { kind, policy }: { readonly kind: Kind; readonly policy: PolicyOf<Kind> },
  spec: ExperimentSpec,
  plan: ClusterPlan,
): readonly InstalledFile[] {
  return schedulers[kind].policyFiles(policy, spec, plan);
}

function changesOf<Kind extends SchedulerKind>(
  { kind, policy }: { readonly kind: Kind; readonly policy: PolicyOf<Kind> },
  spec: ExperimentSpec,
  plan: ClusterPlan,
): readonly Change[] {
  return schedulers[kind].siteChanges(policy, spec, plan);
}

export function nestsContainers(kind: SchedulerKind): boolean {
  return schedulers[kind].nestsContainers;
}

export function schedulerSecrets(kind: SchedulerKind): Readonly<Record<string, string>> {
  return schedulers[kind].secrets;
}
