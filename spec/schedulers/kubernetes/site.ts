import { z } from "zod";
import { messageOf } from "../../../base/thrown";
import { strict } from "../../fields";
import { suggestion } from "../../problems";
import {
  type SiteFacts,
  type SiteFiles,
  siteFileContents,
  siteFilePath,
  type TakenSite,
  withoutValues,
} from "../site-files";
import type { SiteProblem } from "../site-problem";

/** The site's configuration of Volcano's scheduler, in the place of `scheduler.policy`. */
export const kubernetesSiteSchema = strict({
  directory: siteFilePath(),
  /** volcano-scheduler.yaml: actions, tiers and configurations. */
  configFile: siteFilePath(),
  files: siteFileContents(),
});

const file = "volcano-scheduler.yaml";

const pluginSchema = z.looseObject({
  name: z.string(),
  arguments: z.record(z.string(), z.unknown()).nullish(),
});
const configurationSchema = z.looseObject({
  actions: z.string(),
  tiers: z.array(z.looseObject({ plugins: z.array(pluginSchema) })),
});

export type VolcanoConfiguration = z.infer<typeof configurationSchema>;

/** All that Volcano 1.15.0 has. */
const settings = ["actions", "tiers", "configurations", "metrics"];
const plugins = [
  ...["binpack", "capacity", "cdp", "conformance", "deviceshare", "drf", "extender", "gang"],
  ...["network-topology-aware", "nodegroup", "nodeorder", "numa-aware", "overcommit", "pdb"],
  ...["predicates", "priority", "proportion", "rescheduling", "resource-strategy-fit"],
  ...["resourcequota", "sla", "task-topology", "tdm", "usage"],
];
const actions = [
  ...["allocate", "backfill", "enqueue", "gangpreempt", "gangreclaim", "preempt", "reclaim"],
  "shuffle",
];

export const kubernetesSiteFacts: SiteFacts = { files: { configFile: file }, main: file, take };

/** The reader of files hands YAML over as JSON. */
function take(files: SiteFiles): TakenSite {
  const problem = (key: string, message: string): SiteProblem => ({ file, line: 0, key, message });
  const text = files[file];
  if (text === undefined) {
    return { files: {}, problems: [problem("", "expected the file among the site's")], policy: {} };
  }
  const read = parsed(text);
  if (!read.success) return { files: {}, problems: [problem("", read.message)], policy: {} };
  const configuration = read.data;
  const named = configuration.tiers.flatMap((tier) => tier.plugins.map(({ name }) => name));
  const wanted = actionsOf(configuration);
  const problems = [
    ...Object.keys(configuration)
      .filter((name) => !settings.includes(name))
      .map((name) =>
        problem(name, `Volcano 1.15.0 has no such setting${suggestion(name, settings)}`),
      ),
    ...named
      .filter((name) => !plugins.includes(name))
      .map((name) =>
        problem("tiers", `Volcano 1.15.0 has no plugin ${name}${suggestion(name, plugins)}`),
      ),
    ...named
      .filter((name) => name === "extender")
      .map((name) => problem("tiers", `${name} asks a service that is not there; leave it out`)),
    ...wanted
      .filter((name) => !actions.includes(name))
      .map((name) =>
        problem("actions", `Volcano 1.15.0 has no action ${name}${suggestion(name, actions)}`),
      ),
    ...(wanted.includes("allocate") ? [] : [problem("actions", "expected allocate among them")]),
  ];
  // `metrics` may have a password.
  const counts = (key: string) => !Object.hasOwn(leftOutOfVolcano, key);
  return {
    files: { [file]: JSON.stringify(withoutValues(configuration, counts)) },
    problems,
    policy: policyOf(wanted, named),
  };
}

function parsed(text: string) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { success: false, message: messageOf(error) } as const;
  }
  const read = configurationSchema.safeParse(value);
  if (read.success) return { success: true, data: read.data } as const;
  const [issue] = read.error.issues;
  const at = issue?.path.join(".") ?? "";
  const message = `expected actions and tiers of plugins with a name; at ${at === "" ? "the top" : at}: ${issue?.message ?? ""}`;
  return { success: false, message } as const;
}

function actionsOf({ actions: text }: VolcanoConfiguration): string[] {
  return text
    .split(",")
    .map((action) => action.trim())
    .filter((action) => action !== "");
}

/** What jobs and queues of ours have to go by. */
function policyOf(wanted: readonly string[], named: readonly string[]): Record<string, unknown> {
  const shares = named.includes("proportion") || named.includes("capacity");
  const fairness = shares ? "proportion" : named.includes("drf") ? "drf" : "none";
  const has = (...names: string[]) => names.some((name) => wanted.includes(name));
  const reclaims = shares && has("reclaim", "gangreclaim");
  const preempts = !shares && has("preempt", "gangpreempt");
  return {
    gang: named.includes("gang"),
    placement: named.includes("binpack") ? "binpack" : "nodeorder",
    fairness,
    backfill: has("backfill"),
    preemption: { type: reclaims ? "reclaim" : preempts ? "priority" : "off" },
  };
}

/** Of a configuration: where Volcano would ask for the load of nodes. */
export const leftOutOfVolcano = {
  metrics: "addresses are this cluster's, and emulated nodes have no load",
} as const;

/** The site's configuration, where the specification has one. */
export function volcanoConfiguration(
  site: z.infer<typeof kubernetesSiteSchema> | undefined,
): VolcanoConfiguration | null {
  const text = site?.files?.[file];
  if (text === undefined) return null;
  const read = parsed(text);
  return read.success ? read.data : null;
}
