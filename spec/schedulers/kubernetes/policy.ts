import { z } from "zod";
import { choice, flag, integer, named, strict, text, variants } from "../../fields";
import { userList, userName } from "../../users";

const placements = ["nodeorder", "binpack"] as const;
const fairnessTypes = ["none", "drf", "proportion"] as const;
const preemptionTypes = ["off", "priority", "reclaim"] as const;

/** What Volcano's scheduler is told; each key is one of its actions, plugins or options. */
export const kubernetesPolicySchema = strict({
  volcanoVersion: text(/^\d+\.\d+\.\d+$/, 'a version such as "1.15.0"').default("1.15.0"),
  schedulePeriodMs: integer(10, 60_000).default(1000),
  gang: flag().default(true),
  placement: choice(placements).default("nodeorder"),
  fairness: choice(fairnessTypes).default("none"),
  shares: named(userName, 'a user such as "user01"', integer(1, 10_000)).prefault({}),
  // Absent where it says nothing, so that a tuple without it stays the one that it was.
  /** Accounts that jobs may ask for, with the weight of the queue of each. */
  accounts: named(
    /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/,
    "a name of lower-case letters, digits and -",
    integer(1, 10_000),
  ).optional(),
  backfill: flag().default(true),
  preemption: variants(
    "type",
    preemptionTypes,
    [
      strict({ type: z.literal("off") }),
      strict({ type: z.literal("priority"), users: userList.prefault([]) }),
      strict({ type: z.literal("reclaim") }),
    ],
    "off",
  ).prefault({}),
});

export type KubernetesPolicy = z.infer<typeof kubernetesPolicySchema>;

/** Resource of the simulated accelerators, in a node's capacity and in a pod's requests. */
export const gpuResource = "schedlab.local/gpu";

/** Label, with the value "true", of the nodes of a partition. */
export function partitionLabel(partition: string): string {
  return `schedlab.local/partition-${partition}`;
}

/** Namespace that holds a user's jobs. */
export function userNamespace(user: string): string {
  return user;
}

/** The queue of all users where no policy weighs them against each other: jobs in order of creation. */
export const commonQueue = "workload";

/** Queue of a user's jobs; each user has one where Volcano shares the cluster between queues. */
export function userQueue({ fairness }: KubernetesPolicy, user: string): string {
  return fairness === "proportion" ? user : commonQueue;
}

/** Queue of the jobs of an account, whoever submits them. */
export function accountQueue(account: string): string {
  return `account-${account}`;
}

export const normalPriorityClass = "schedlab-normal";
export const urgentPriorityClass = "schedlab-urgent";

/** PriorityClass of a user's jobs. */
export function userPriorityClass({ preemption }: KubernetesPolicy, user: string): string {
  return preemption.type === "priority" && preemption.users.includes(user)
    ? urgentPriorityClass
    : normalPriorityClass;
}
