import { z } from "zod";
import { type SchedulerKind, schedulerKinds } from "../spec/scheduler";
import type { RunRecord } from "./record";

/** What a policy entitles a user to, in relation to the other users; those not named have 1. */
export interface Share {
  readonly user: string;
  readonly share: number;
}

const kubernetesPolicy = z.object({ shares: z.record(z.string(), z.number().positive()) });

const slurmPolicy = z.object({
  priority: z.object({ shares: z.record(z.string(), z.number().positive()) }),
});

/** Where each scheduler's policy has the shares; none where the policy knows no shares. */
const sharesOf: { readonly [Kind in SchedulerKind]: (policy: unknown) => Record<string, number> } =
  {
    slurm: (policy) => slurmPolicy.safeParse(policy).data?.priority.shares ?? {},
    kubernetes: (policy) => kubernetesPolicy.safeParse(policy).data?.shares ?? {},
  };

export function entitledShares({ provenance }: RunRecord): Share[] {
  const kind = schedulerKinds.find((name) => name === provenance.schedulerKind);
  // A run of a scheduler that this version does not know may still be loaded.
  if (kind === undefined) return [];
  const policy: unknown = JSON.parse(provenance.policyJson);
  return Object.entries(sharesOf[kind](policy)).map(([user, share]) => ({ user, share }));
}
