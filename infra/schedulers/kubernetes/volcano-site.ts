import {
  leftOutOfVolcano,
  type VolcanoConfiguration,
} from "../../../spec/schedulers/kubernetes/site";
import { leftOutValue } from "../../../spec/schedulers/site-files";
import type { Change } from "../changes";

/** Devices are counted, so that nobody claims one; with claims, Volcano 1.15.0 can hang (#5627). */
export const claims = "predicate.DynamicResourceAllocationEnable";

/** The site's actions, tiers and arguments as they are, but for what cannot be here. */
export function siteConfiguration(site: VolcanoConfiguration) {
  const kept = Object.entries(site).filter(([key]) => !Object.hasOwn(leftOutOfVolcano, key));
  return {
    ...Object.fromEntries(kept),
    tiers: site.tiers.map((tier) => ({
      ...tier,
      plugins: tier.plugins.map((plugin) =>
        plugin.name === "predicates"
          ? { ...plugin, arguments: { ...plugin.arguments, [claims]: false } }
          : plugin,
      ),
    })),
  };
}

/** What of the site's configuration is otherwise here, as lines of YAML. */
export function volcanoChanges(site: VolcanoConfiguration): Change[] {
  const named = "volcano-scheduler.yaml";
  const claimed = site.tiers.flatMap(({ plugins }) =>
    plugins.flatMap((plugin) => (plugin.name === "predicates" ? [plugin.arguments?.[claims]] : [])),
  );
  return [
    ...Object.entries(leftOutOfVolcano)
      .filter(([key]) => site[key] !== undefined)
      .map(([key, reason]) => ({
        file: named,
        reason,
        theirs: [`${key}: ${leftOutValue}`],
        ours: [],
      })),
    ...claimed
      .filter((value) => value !== false)
      .map((value) => ({
        file: named,
        reason: "devices are counted, and with claims this version can hang",
        theirs: value === undefined ? [] : [`${claims}: ${value}`],
        ours: [`${claims}: false`],
      })),
  ];
}
