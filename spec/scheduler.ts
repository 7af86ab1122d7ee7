import { z } from "zod";
import { strict, variants } from "./fields";
import { fluxPolicySchema } from "./schedulers/flux/policy";
import { fluxSiteSchema } from "./schedulers/flux/site";
import { kubernetesPolicySchema } from "./schedulers/kubernetes/policy";
import { kubernetesSiteSchema } from "./schedulers/kubernetes/site";
import { slurmPolicySchema } from "./schedulers/slurm/policy";
import { slurmSiteSchema } from "./schedulers/slurm/site/schema";

/** All schedulers. Every other list of them is derived from this one. */
const schedulers = [
  // A site is absent where it says nothing, so that a tuple without it stays the one that it was.
  strict({
    kind: z.literal("slurm"),
    policy: slurmPolicySchema.prefault({}),
    site: slurmSiteSchema.optional(),
  }),
  strict({
    kind: z.literal("kubernetes"),
    policy: kubernetesPolicySchema.prefault({}),
    site: kubernetesSiteSchema.optional(),
  }),
  strict({
    kind: z.literal("flux"),
    policy: fluxPolicySchema.prefault({}),
    site: fluxSiteSchema.optional(),
  }),
] as const;

export type Scheduler = z.infer<(typeof schedulers)[number]>;
export type SchedulerKind = Scheduler["kind"];
export type PolicyOf<Kind extends SchedulerKind> = Extract<Scheduler, { kind: Kind }>["policy"];

export const schedulerKinds: readonly SchedulerKind[] = schedulers.map(
  ({ shape }) => shape.kind.value,
);

/** The scheduler of an experiment that names none, and of the demo. */
export const defaultSchedulerKind: SchedulerKind = "slurm";

export const schedulerSchema = variants("kind", schedulerKinds, schedulers, defaultSchedulerKind);

/** The kind of that name; undefined for a scheduler that this version does not know. */
export function knownScheduler(name: string): SchedulerKind | undefined {
  return schedulerKinds.find((kind) => kind === name);
}
