import { readStore } from "../store/open";
import { failedChecks, readAudits } from "./audits";
import { nodesOf } from "./emulation";
import { type DrawnWorkload, drawnWorkload, withoutKeys } from "./job-list";
import { rows } from "./query";
import { storedJson } from "./stored-json";

/** What a comparison is about; everything else has to be equal. Repeats vary nothing. */
export const variedThings = ["nothing", "policy", "scheduler", "workload", "topology"] as const;
export type Varied = (typeof variedThings)[number];

/** A run's conditions by name; JSON where they are structured. Null is unknown. */
export interface RunConditions {
  readonly run: string;
  readonly fields: Readonly<Record<string, string | null>>;
}

export interface Difference {
  readonly field: string;
  /** Each value, with the runs that have it. */
  readonly values: readonly { readonly value: string | null; readonly runs: readonly string[] }[];
}

/** A site's own files say more than our words for a policy; they have nodes and partitions in them as well. */
const siteField = "site";
const policyFields = ["policy", siteField];
const schedulerFields = [
  ...policyFields,
  "scheduler_kind",
  "scheduler_version",
  "image_role",
  "image_key",
  "image_packages",
];

/** The fields in which runs of the same workload differ when its jobs are drawn anew. */
export const drawFields = ["job_list", "seed", "planned_jobs"] as const;

/** The fields that may differ because they are what is varied, or because they follow from it. */
const variedFields: Readonly<Record<Varied, ReadonlySet<string>>> = {
  nothing: new Set(),
  policy: new Set(policyFields),
  scheduler: new Set(schedulerFields),
  workload: new Set([
    "workload",
    "trace_hash",
    "trace_name",
    "program_hash",
    "bodies",
    ...drawFields,
  ]),
  topology: new Set([
    "topology",
    siteField,
    "domain",
    "hypervisor_uri",
    "capacity_cores",
    "overcommit_cores",
    "overcommit_memory",
    "network_scale",
    "node_kernel",
  ]),
};

/**
 * Whether the nodes were real or emulated, and how fast the scheduler's clock went. No thing varied excuses a
 * difference, nor does anything else: an emulated node does less for a job than a real one, and a faster
 * clock makes every overhead longer.
 */
export const nodesField = "nodes";
export const clockField = "clock";

/** Whether some of these runs were on real nodes and others on emulated ones. Pure. */
export function mixesNodes(runs: readonly RunConditions[]): boolean {
  return mixes(runs, nodesField);
}

const absolute = [
  {
    field: nodesField,
    problem: "runs on real nodes cannot be compared with runs on emulated ones",
  },
  { field: clockField, problem: "runs with clocks of different factors cannot be compared" },
] as const;

/** Why these runs are not compared even where unequal conditions are allowed; absent where they may be. Pure. */
export function neverCompared(
  runs: readonly RunConditions[],
): (typeof absolute)[number] | undefined {
  return absolute.find(({ field }) => mixes(runs, field));
}

function mixes(runs: readonly RunConditions[], field: string): boolean {
  return new Set(runs.flatMap(({ fields }) => fields[field] ?? [])).size > 1;
}

/**
 * The conditions that differ between the runs, apart from the thing varied: empty means that the runs
 * can be compared. Pure.
 */
export function compareConditions(runs: readonly RunConditions[], varied: Varied): Difference[] {
  const names = new Set(runs.flatMap(({ fields }) => Object.keys(fields)));
  return [...names]
    .filter((field) => !variedFields[varied].has(field))
    .map((field) => ({ field, values: valuesOf(runs, field) }))
    .filter(({ values }) => values.length > 1);
}

/** Text of the conditions that have to be equal: runs of the same text can be compared. */
export function fixedConditions({ fields }: RunConditions, varied: Varied): string {
  const fixed = Object.entries(fields).filter(([field]) => !variedFields[varied].has(field));
  return JSON.stringify(fixed.sort());
}

export interface ConditionGroup {
  readonly runs: readonly string[];
  /** The conditions in which these runs differ from those of the first group. */
  readonly differences: readonly Difference[];
}

/** Runs that can be compared with each other, in the order of their first ones. Pure. */
export function groupByConditions(
  runs: readonly RunConditions[],
  varied: Varied,
): ConditionGroup[] {
  const groups: RunConditions[][] = [];
  for (const run of runs) {
    const home = groups.find(
      ([first]) => first !== undefined && compareConditions([first, run], varied).length === 0,
    );
    if (home === undefined) groups.push([run]);
    else home.push(run);
  }
  const [[reference] = []] = groups;
  return groups.map((group) => {
    const pair = [reference, group[0]].filter((run) => run !== undefined);
    return {
      runs: group.map(({ run }) => run),
      differences: compareConditions(pair, varied),
    };
  });
}

function valuesOf(runs: readonly RunConditions[], field: string): Difference["values"] {
  const values = new Map<string | null, string[]>();
  for (const { run, fields } of runs) {
    const value = fields[field] ?? null;
    const others = values.get(value);
    if (others === undefined) values.set(value, [run]);
    else others.push(run);
  }
  return [...values].map(([value, having]) => ({ value, runs: having }));
}

/** One line for each difference: `seed: 1 (a, b), 2 (c)`. */
export function differencesText(differences: readonly Difference[]): string {
  return differences
    .map(({ field, values }) => {
      const said = values.map(({ value, runs }) => `${value ?? "unknown"} (${runs.join(", ")})`);
      return `${field}: ${said.join(", ")}`;
    })
    .join("\n");
}

/** Columns of `runs` that are conditions as they are. */
const columns = [
  ...["origin", "status", "harness_limited", "capacity_cores", "planned_jobs"],
  ...["image_maker", "image_role", "image_key", "image_packages"],
  ...["trace_hash", "trace_name", "program_hash", "code_hash"],
  ...["code_dirty", "seed", "domain", "hypervisor_uri", "overcommit_cores", "overcommit_memory"],
  ...["network_scale", "scheduler_kind", "scheduler_version", "policy", "node_kernel"],
  ...["node_software", "host_kernel", "host_cpu_model", "host_cores", "harness_version", "bodies"],
];

const specParts = [
  "topology",
  "workload",
  "run.sampleSeconds",
  "run.samples",
  "run.deadline",
  "run.clock",
];

/** What has to be selected of `runs` for `conditionColumns`. */
export const recordedColumns = [...columns, "spec"].join(", ");

/** Conditions as text. `workload` becomes the source of the jobs and `job_list`, the draw: `conditionReader`. */
export const conditionColumns = [
  ...columns.map((name) => `${name}::VARCHAR AS ${name}`),
  ...specParts.map((part) => {
    const name = part
      .replace(/^run\./, "")
      .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return `(spec -> '$.${part}')::VARCHAR AS ${name}`;
  }),
  `md5((spec -> '$.scheduler.site')::VARCHAR) AS ${siteField}`,
].join(", ");

/**
 * Reads the conditions, apart from the audit, in rows of `conditionColumns`. It takes each topology and
 * each workload apart once, because many runs share them.
 */
export function conditionReader(): (row: object) => Record<string, string | null> {
  const topologies = new Map<string | null, { cluster: string | null; nodes: string }>();
  const workloads = new Map<string | null, DrawnWorkload>();
  return (row) => {
    const fields: Record<string, string | null> = {};
    for (const [name, value] of Object.entries(row)) {
      fields[name] = value === null ? null : String(value);
    }
    const { topology = null, workload = null } = fields;
    const known = topologies.get(topology);
    const { cluster, nodes } = known ?? {
      cluster: withoutAddresses(topology),
      nodes: nodesOf(topology),
    };
    const drawn = workloads.get(workload) ?? drawnWorkload(workload);
    if (known === undefined) topologies.set(topology, { cluster, nodes });
    workloads.set(workload, drawn);
    // A specification that does not speak of the clock has the host's own.
    if ("clock" in fields) fields.clock ??= "real";
    return { ...fields, topology: cluster, nodes, workload: drawn.source, job_list: drawn.draw };
  };
}

/** Clusters that are up at the same time cannot share addresses, so these are no condition. */
function withoutAddresses(topology: string | null): string | null {
  const nodes = storedJson(topology);
  if (typeof nodes !== "object" || nodes === null) return topology;
  return JSON.stringify(withoutKeys(nodes, ["network.cidr"]));
}

/**
 * The conditions of these runs, or of all, oldest first. The host's load and the tuple's repeat are not
 * conditions: they always differ. The spec is split into its parts, because it also holds the thing
 * varied, and the workload into the source of its jobs and the draw. A run that failed a check of its
 * audit that is not accepted equals no other run. Throws Failure.
 */
export async function readConditions(
  storePath: string,
  runIds?: readonly string[],
  accepted: readonly string[] = [],
): Promise<RunConditions[]> {
  return readStore(storePath, async (connection) => {
    const found = await rows(
      connection,
      `SELECT run_id AS run, ${conditionColumns} FROM runs ORDER BY started_at, run_id`,
    );
    const audits = await readAudits(connection);
    const fieldsOf = conditionReader();
    return found
      .map((row) => {
        const { run, ...columns } = row;
        const id = String(run);
        const failed = failedChecks(audits.get(id) ?? [], accepted);
        return { run: id, fields: { ...fieldsOf(columns), audit: auditField(id, failed) } };
      })
      .filter(({ run }) => runIds === undefined || runIds.includes(run));
  });
}

/** The condition `audit` of a run that failed no check. */
export const notInDoubt = "with no failed check";

/** No two runs with a failed check are equal: each may be in doubt for a reason of its own. */
function auditField(run: string, failed: readonly string[]): string {
  return failed.length === 0 ? notInDoubt : `of ${run} failed in ${failed.join(", ")}`;
}
