import { leftOutValue } from "../../../../spec/schedulers/site-files";
import { listOf, printPairs, type Setting } from "../../../../spec/schedulers/slurm/site/conf";
import { isLeftOut, keptKeys, replacedKeys } from "../../../../spec/schedulers/slurm/site/keys";
import { configFile, type SlurmSite } from "../../../../spec/schedulers/slurm/site/site";
import type { Change } from "../../changes";

type Pair = readonly [key: string, value: string | number];

export interface SiteSettings {
  readonly settings: readonly Pair[];
  readonly changes: readonly Change[];
}

/** Settings of which the site has some words and this cluster others. */
const merged = new Set(["slurmctldparameters", "dependencyparameters"]);

const ownReason = "this cluster's own";

/** The site's settings, with ours in the place of those that must differ. */
export function siteSettings(
  { conf }: Pick<SlurmSite, "conf">,
  ours: readonly Pair[],
): SiteSettings {
  const base = ours.filter(
    ([key]) => !keptKeys.has(key.toLowerCase()) || merged.has(key.toLowerCase()),
  );
  const own = new Map(base.map(([key, value]) => [key.toLowerCase(), [key, value] as const]));
  const changes: Change[] = [];
  const kept: Pair[] = [];
  for (const [lower, setting] of conf.settings) {
    const theirs = isLeftOut(lower)
      ? [`${setting.key}=${leftOutValue}`]
      : [printPairs([[setting.key, setting.value]])];
    const mine = own.get(lower);
    if (keptKeys.has(lower)) {
      const { value, reason } = adapted(lower, setting, mine?.[1]);
      const line = printPairs([[setting.key, value]]);
      if (value !== "") kept.push([setting.key, value]);
      own.delete(lower);
      if (value !== setting.value) {
        changes.push({ file: configFile, reason, theirs, ours: value === "" ? [] : [line] });
      }
      continue;
    }
    own.delete(lower);
    if (mine !== undefined && String(mine[1]).toLowerCase() === setting.value.toLowerCase())
      continue;
    const reason = replacedKeys.get(lower) ?? ownReason;
    changes.push({
      file: configFile,
      reason,
      theirs,
      ours: mine === undefined ? [] : [printed(mine)],
    });
  }
  for (const [lower, pair] of own) {
    const reason = replacedKeys.get(lower) ?? ownReason;
    changes.push({ file: configFile, reason, theirs: [], ours: [printed(pair)] });
  }
  const places = new Set(kept.map(([key]) => key.toLowerCase()));
  return {
    settings: [...base.filter(([key]) => !places.has(key.toLowerCase())), ...kept],
    changes,
  };
}

function printed([key, value]: Pair): string {
  return printPairs([[key, String(value)]]);
}

interface Adapted {
  readonly value: string;
  readonly reason: string;
}

/** Words of a kept setting that mean nothing here are left out. */
function adapted(lower: string, { value }: Setting, mine: string | number | undefined): Adapted {
  const without = (reason: string, unfit: RegExp): Adapted => {
    const parts = listOf(value);
    const fit = parts.filter((part) => !unfit.test(part));
    return { value: fit.length === parts.length ? value : fit.join(","), reason };
  };
  switch (lower) {
    case "accountingstorageenforce":
      return enforced(value);
    case "accountingstoragetres":
      return without("emulated nodes have no such resource", /^(bb|fs|ic)\//i);
    case "topologyparam":
      return without("messages go straight from the controller to every node", /^Route/i);
    case "dependencyparameters": {
      const all = new Set([...listOf(value), ...listOf(String(mine ?? ""))]);
      return {
        value: all.size === listOf(value).length ? value : [...all].join(","),
        reason: "a job that can never start ends, so that the run does",
      };
    }
    case "slurmctldparameters": {
      const words = listOf(String(mine ?? ""));
      const unfit =
        /^(cloud_|power_save|idle_on_node|node_reg_mem|enable_stepmgr|enable_configless|enable_job_state_cache|allow_user_triggers|validate_nodeaddr)/i;
      const theirs = listOf(value).filter((part) => !unfit.test(part));
      const reason = "how this cluster's controller talks to its nodes; the rest is the site's";
      return { value: [...words, ...theirs].join(","), reason };
    }
    default:
      return { value, reason: "" };
  }
}

/** `all` has workload keys in it. */
function enforced(value: string): Adapted {
  if (!listOf(value).some((part) => /^(all|wckeys|nojobs|nosteps)$/i.test(part))) {
    return { value, reason: "" };
  }
  const words = listOf(value).flatMap((part) =>
    /^all$/i.test(part)
      ? ["associations", "limits", "qos", "safe"]
      : /^(wckeys|nojobs|nosteps)$/i.test(part)
        ? []
        : [part],
  );
  return {
    value: [...new Set(words)].join(","),
    reason: "jobs have no workload keys, and every job is recorded",
  };
}
