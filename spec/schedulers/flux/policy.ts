import { z } from "zod";
import { choice, integer, strict, variants } from "../../fields";

const schedulerModules = ["simple", "fluxion"] as const;
const queuePolicies = ["fcfs", "easy", "conservative", "hybrid"] as const;
/** flux-config-sched-fluxion-resource(5), but for the policies that want properties of nodes. */
const matchPolicies = [
  "first",
  "firstnodex",
  "high",
  "low",
  "hinode",
  "hinodex",
  "lonode",
  "lonodex",
] as const;

/** What Flux's scheduler is told; each key is one of its options. */
export const fluxPolicySchema = strict({
  sched: variants(
    "type",
    schedulerModules,
    [
      // sched-simple starts jobs in the order of their priority and knows no backfill.
      strict({ type: z.literal("simple"), queueDepth: integer(1, 100_000).default(8) }),
      strict({
        type: z.literal("fluxion"),
        queuePolicy: choice(queuePolicies).default("easy"),
        queueDepth: integer(1, 1_000_000).default(32),
        /** Jobs that get a reservation, with `hybrid` only. */
        reservationDepth: integer(1, 100_000).default(64),
        matchPolicy: choice(matchPolicies).default("first"),
      }),
    ],
    "fluxion",
  ).prefault({}),
  /** Children of a broker in the tree over which brokers talk. */
  fanOut: integer(2, 64).default(16),
});

export type FluxPolicy = z.infer<typeof fluxPolicySchema>;
