import { show, suggestion } from "../../../problems";
import type { SiteProblem } from "../../site-problem";
import { accountProblems } from "./accounts";
import { listOf, type Setting, type SiteRecord, settingOf } from "./conf";
import {
  keptNodeFields,
  keptPartitionFields,
  replacedNodeFields,
  replacedPartitionFields,
} from "./fields";
import { keptKeys, refusedKeys, replacedKeys } from "./keys";
import { plugins } from "./plugins";
import type { SlurmSite } from "./site";

/** What the site says and this cluster cannot do, each with the reason. A refused file is not translated. */
export function refusals(site: SlurmSite): SiteProblem[] {
  const { conf } = site;
  return [
    ...[...conf.settings.values()].flatMap((setting) => settingRefusals(setting, site)),
    ...conf.nodes.flatMap((node) => unknownFields(node, keptNodeFields, replacedNodeFields)),
    ...conf.partitions.flatMap((partition) =>
      unknownFields(partition, keptPartitionFields, replacedPartitionFields),
    ),
    ...conf.others.map(({ file, line, name }) => ({
      file,
      line,
      key: "FrontendName",
      message: `nodes behind a front end such as ${name} are no longer in Slurm; leave it out`,
    })),
    ...accountRefusals(site),
    ...(site.dump === null
      ? []
      : accountProblems(
          site.dump,
          site.qos.map(({ name }) => name),
        )),
    ...partitionAccountRefusals(site),
  ];
}

function at(setting: Setting, message: string): SiteProblem {
  const { file, line, key } = setting;
  return { file, line, key, message };
}

function settingRefusals(setting: Setting, site: SlurmSite): SiteProblem[] {
  const lower = setting.key.toLowerCase();
  const refused = refusedKeys.get(lower);
  if (refused !== undefined) {
    return refused.harmless.includes(setting.value.toLowerCase())
      ? []
      : [at(setting, refused.message)];
  }
  if (replacedKeys.has(lower)) return [];
  if (!keptKeys.has(lower)) {
    const names = [...keptKeys, ...replacedKeys.keys()];
    return [
      at(setting, `Slurm 24.11 has no such setting${suggestion(setting.key, names)}; leave it out`),
    ];
  }
  return [...pluginRefusals(setting), ...valueRefusals(setting, site)];
}

function pluginRefusals(setting: Setting): SiteProblem[] {
  const known = plugins.get(setting.key.toLowerCase());
  if (known === undefined) return [];
  return listOf(setting.value).flatMap((name) => {
    const plain = name.toLowerCase().replace(/^[a-z_]+\//, "");
    if (known.names.includes(plain)) return [];
    const why = known.gone[plain] ?? "the image has no such plugin";
    return [at(setting, `${name}: ${why}; expected one of ${known.names.join(", ")}`)];
  });
}

function valueRefusals(setting: Setting, { jobSubmit, topology }: SlurmSite): SiteProblem[] {
  const { key, value } = setting;
  switch (key.toLowerCase()) {
    case "jobsubmitplugins":
      return listOf(value).some((name) => /^(job_submit\/)?lua$/i.test(name)) && jobSubmit === null
        ? [
            at(
              setting,
              "expected the file job_submit.lua beside slurm.conf, or scheduler.site.jobSubmitFile",
            ),
          ]
        : [];
    case "topologyplugin":
      return /tree|block/i.test(value) && topology.length === 0
        ? [at(setting, "expected topology.conf beside slurm.conf, or scheduler.site.topologyFile")]
        : [];
    case "licenses":
      return listOf(value)
        .filter((license) => license.includes("@"))
        .map((license) =>
          at(
            setting,
            `${license} comes from a server that is not there; give its number, as in name:10`,
          ),
        );
    default:
      return [];
  }
}

function unknownFields(
  record: SiteRecord,
  kept: ReadonlySet<string>,
  replaced: ReadonlyMap<string, string>,
): SiteProblem[] {
  return [...record.fields]
    .filter(([lower]) => !kept.has(lower) && !replaced.has(lower))
    .map(([, field]) =>
      at(
        field,
        `no field that this version knows${suggestion(field.key, [...kept, ...replaced.keys()])}; leave it out`,
      ),
    );
}

/** What slurmdbd would have to know. */
function accountRefusals({ conf, dump }: SlurmSite): SiteProblem[] {
  if (dump !== null) return [];
  const needing = [
    ["priorityweightfairshare", (value: string) => Number(value) > 0],
    ["priorityweightqos", (value: string) => Number(value) > 0],
    ["preempttype", (value: string) => /qos/i.test(value)],
    [
      "accountingstorageenforce",
      (value: string) => listOf(value).some((one) => !/^(none|0)$/i.test(one)),
    ],
  ] as const;
  return needing.flatMap(([key, needs]) => {
    const setting = conf.settings.get(key);
    if (setting === undefined || !needs(setting.value)) return [];
    return [
      at(
        setting,
        `${setting.value} needs the site's accounts: give the output of sacctmgr dump as sacctmgr.dump beside slurm.conf, or as scheduler.site.accountingDump`,
      ),
    ];
  });
}

/** Accounts and QOS that partitions name; the database's names have no capitals. */
function partitionAccountRefusals({ conf, dump, qos }: SlurmSite): SiteProblem[] {
  const accounts = new Set([
    "root",
    ...(dump?.associations ?? []).flatMap(({ kind, name }) =>
      kind === "account" ? [name.toLowerCase()] : [],
    ),
  ]);
  const allQos = new Set(["normal", ...qos.map(({ name }) => name.toLowerCase())]);
  return conf.partitions.flatMap(({ fields }) =>
    [
      ["allowaccounts", accounts, "sacctmgr.dump"],
      ["denyaccounts", accounts, "sacctmgr.dump"],
      ["allowqos", allQos, "qos.txt, the output of sacctmgr -P show qos"],
      ["denyqos", allQos, "qos.txt, the output of sacctmgr -P show qos"],
      ["qos", allQos, "qos.txt, the output of sacctmgr -P show qos"],
    ].flatMap(([key, known, file]) => {
      const field = fields.get(key as string);
      return listOf(field?.value)
        .filter(
          (name) =>
            !/^(all|n\/a|none)$/i.test(name) && !(known as Set<string>).has(name.toLowerCase()),
        )
        .map((name) => at(field as Setting, `expected ${show(name)} in ${file}`));
    }),
  );
}

/** Whether jobs are preempted, and how, in lower case; null where they are not. */
export function preemptionMode({ conf }: Pick<SlurmSite, "conf">): string | null {
  const type = (settingOf(conf, "PreemptType") ?? "preempt/none").toLowerCase();
  if (type.endsWith("none")) return null;
  const modes = listOf(settingOf(conf, "PreemptMode")).map((mode) => mode.toLowerCase());
  return modes.find((mode) => mode !== "gang" && mode !== "off" && mode !== "within") ?? "cancel";
}
