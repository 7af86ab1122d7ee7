import { listOf, type SlurmConf, settingOf } from "./conf";
import { preemptionMode } from "./refusals";

/**
 * The site's configuration as far as our own policy has words for it: what runs are called after and what the
 * simulation takes. The file itself is what slurmctld gets. Values out of our ranges are left to the defaults.
 */
export function policyOf(conf: SlurmConf): Record<string, unknown> {
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
  };
}

function preemptionOf(conf: SlurmConf): Record<string, unknown> {
  const mode = preemptionMode({ conf });
  if (mode !== "requeue" && mode !== "cancel" && mode !== "suspend") return { type: "off" };
  const type = /qos$/i.test(settingOf(conf, "PreemptType") ?? "") ? "qos" : "partition";
  // Slurm suspends for a partition only.
  return type === "qos" && mode === "suspend" ? { type: "off" } : { type, mode };
}
