import { normalQos } from "../names";
import { bareName, mostShares } from "../policy";
import { listOf, type SlurmConf, settingOf } from "./conf";
import type { AccountDump } from "./dump";
import type { Qos } from "./qos";
import { preemptionMode } from "./refusals";
import type { SlurmSite } from "./site";

/**
 * The site's configuration as far as our own policy has words for it: what runs are called after and what the
 * simulation takes, and which QOS and accounts jobs may name. The file itself is what slurmctld gets. Values out of
 * our ranges are left to the defaults.
 */
export function policyOf({
  conf,
  dump,
  qos,
}: Pick<SlurmSite, "conf" | "dump" | "qos">): Record<string, unknown> {
  const said = (key: string) => settingOf(conf, key)?.toLowerCase() ?? "";
  const parameters = new Map(
    listOf(settingOf(conf, "SchedulerParameters")).map((part): [string, string] => {
      const [key = "", value = ""] = part.split("=");
      return [key.toLowerCase(), value];
    }),
  );
  const number = (text: string | undefined, least: number, most: number): number | undefined => {
    const value = Number(text);
    return text === undefined ||
      text === "" ||
      !Number.isInteger(value) ||
      value < least ||
      value > most
      ? undefined
      : value;
  };
  const option = (key: string, ours: string, least: number, most: number) => {
    const value = number(parameters.get(key), least, most);
    return value === undefined ? {} : { [ours]: value };
  };
  const builtin = said("SchedulerType").endsWith("builtin");
  const multifactor = !said("PriorityType").endsWith("basic");
  const weight = (key: string) => number(settingOf(conf, key), 0, 1_000_000_000) ?? 0;
  const weights = {
    age: weight("PriorityWeightAge"),
    fairshare: weight("PriorityWeightFairshare"),
    jobsize: weight("PriorityWeightJobSize"),
    partition: weight("PriorityWeightPartition"),
    qos: weight("PriorityWeightQOS"),
  };
  const weighed = multifactor && Object.values(weights).some((value) => value > 0);
  const select = (settingOf(conf, "SelectTypeParameters") ?? "")
    .split(",")
    .find((part) => /^CR_(Core|CPU)(_Memory)?$/.test(part));
  return {
    sched: builtin
      ? { type: "builtin" }
      : {
          type: "backfill",
          ...option("bf_interval", "interval", 1, 600),
          ...option("bf_window", "window", 1, 43_200),
          ...option("bf_resolution", "resolution", 1, 3600),
          ...option("bf_max_job_test", "maxJobTest", 1, 1_000_000),
          ...option("bf_max_job_user", "maxJobsPerUser", 0, 100_000),
          continue: parameters.has("bf_continue"),
        },
    ...(select === undefined ? {} : { select: { parameters: select } }),
    ...(weighed ? { priority: { type: "multifactor", weights } } : {}),
    preemption: preemptionOf(conf),
    ...(dump === null ? {} : namesOf(dump, qos)),
  };
}

/** With the priorities and shares that the site gives them, as far as they are whole numbers in our ranges. */
function namesOf({ associations }: AccountDump, all: readonly Qos[]): Record<string, unknown> {
  const named = (pairs: readonly (readonly [string, number])[]) =>
    Object.fromEntries(
      // In the database they have no capitals.
      pairs
        .map(([name, value]) => [name.toLowerCase(), value] as const)
        .filter(([name]) => bareName.test(name)),
    );
  const within = (text: string | undefined, least: number, most: number) => {
    const value = Number(text ?? least);
    return Number.isInteger(value) ? Math.min(most, Math.max(least, value)) : least;
  };
  const accounts = associations.filter(({ kind }) => kind === "account");
  return {
    qos: named(
      all
        .filter(({ name }) => name !== normalQos)
        .map(({ name, options }) => [name, within(options.get("Priority"), 0, 1_000_000)]),
    ),
    accounts: named(
      accounts.map(({ name, options }) => [name, within(options.get("Fairshare"), 1, mostShares)]),
    ),
  };
}

function preemptionOf(conf: SlurmConf): Record<string, unknown> {
  const mode = preemptionMode({ conf });
  if (mode !== "requeue" && mode !== "cancel" && mode !== "suspend") return { type: "off" };
  const type = /qos$/i.test(settingOf(conf, "PreemptType") ?? "") ? "qos" : "partition";
  // Slurm suspends for a partition only.
  return type === "qos" && mode === "suspend" ? { type: "off" } : { type, mode };
}
