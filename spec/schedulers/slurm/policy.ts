import { z } from "zod";
import { choice, flag, integer, named, strict, variants } from "../../fields";
import { userList, userName } from "../../users";

const schedTypes = ["builtin", "backfill"] as const;
const selectParameters = ["CR_Core", "CR_Core_Memory", "CR_CPU", "CR_CPU_Memory"] as const;
const priorityTypes = ["basic", "multifactor"] as const;
const preemptionTypes = ["off", "partition", "qos"] as const;

/** slurmctld refuses weights that do not fit its 32-bit fields. */
const weight = () => integer(0, 1_000_000_000);
const week = 7 * 24 * 3600;

const backfill = strict({
  type: z.literal("backfill"),
  interval: integer(1, 600).default(2),
  window: integer(1, 43_200).default(1440),
  resolution: integer(1, 3600).default(1),
  maxJobTest: integer(1, 1_000_000).default(1000),
  maxJobsPerUser: integer(0, 100_000).default(0),
  continue: flag().default(true),
});

export const mostShares = 10_000;
/** As Slurm's database has them: lower case. */
export const bareName = /^[a-z0-9][a-z0-9._-]{0,99}$/;
export const nameForm = "a name of lower-case letters, digits, ., - and _";

const multifactor = strict({
  type: z.literal("multifactor"),
  weights: strict({
    age: weight().default(1000),
    fairshare: weight().default(10_000),
    jobsize: weight().default(0),
    partition: weight().default(0),
    qos: weight().default(0),
  }).prefault({}),
  decayHalfLife: integer(0, 52 * week).default(week),
  maxAge: integer(1, 52 * week).default(week),
  calcPeriod: integer(60, 24 * 3600).default(60),
  favorSmall: flag().default(false),
  shares: named(userName, 'a user such as "user01"', integer(1, mostShares)).prefault({}),
});

export const slurmPolicySchema = strict({
  sched: variants(
    "type",
    schedTypes,
    [strict({ type: z.literal("builtin") }), backfill],
    "backfill",
  ).prefault({}),
  schedulerInterval: integer(1, 600).default(5),
  // Absent where they say nothing, so that a tuple without them stays the one that it was.
  /** QOS that jobs may ask for, with the priority of each. */
  qos: named(bareName, nameForm, integer(0, 1_000_000)).optional(),
  /** Accounts that jobs may ask for, with the share of each. */
  accounts: named(bareName, nameForm, integer(1, mostShares)).optional(),
  select: strict({
    parameters: choice(selectParameters).default("CR_Core_Memory"),
  }).prefault({}),
  priority: variants(
    "type",
    priorityTypes,
    [strict({ type: z.literal("basic") }), multifactor],
    "basic",
  ).prefault({}),
  preemption: variants(
    "type",
    preemptionTypes,
    [
      strict({ type: z.literal("off") }),
      strict({
        type: z.literal("partition"),
        mode: choice(["requeue", "cancel", "suspend"]).default("requeue"),
        partition: z
          .string()
          .regex(/^[a-z]{1,12}$/, {
            error: "expected a partition name of 1..12 lower-case letters",
          })
          .default("urgent"),
      }),
      strict({
        type: z.literal("qos"),
        mode: choice(["requeue", "cancel"]).default("requeue"),
        users: userList.prefault([]),
      }),
    ],
    "off",
  ).prefault({}),
});

export type SlurmPolicy = z.infer<typeof slurmPolicySchema>;
