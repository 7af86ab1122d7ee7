import { z } from "zod";
import { readStore } from "../store/open";
import { failedChecks, readAudits } from "./audits";
import { rows } from "./query";

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

const policyFields = ["policy"];
const schedulerFields = [
  ...policyFields,
  "scheduler_kind",
  "scheduler_version",
  "image_role",
  "image_key",
  "image_packages",
];

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
    "seed",
    "bodies",
    "planned_jobs",
  ]),
  topology: new Set([
    "topology",
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

const rowSchema = z.record(z.string(), z.union([z.string(), z.null()]));

/**
 * The conditions of these runs, or of all, oldest first. The host's load and the tuple's repeat are not
 * conditions: they always differ. The spec is split into its parts, because it also holds the thing
 * varied. A run that failed a check of its audit that is not accepted equals no other run. Throws
 * Failure.
 */
export async function readConditions(
  storePath: string,
  runIds?: readonly string[],
  accepted: readonly string[] = [],
): Promise<RunConditions[]> {
  return readStore(storePath, async (connection) => {
    const found = await rows(
      connection,
      `SELECT run_id AS run, origin, status, harness_limited::VARCHAR AS harness_limited,
         (spec -> '$.topology')::VARCHAR AS topology, (spec -> '$.workload')::VARCHAR AS workload,
         (spec -> '$.run.sampleSeconds')::VARCHAR AS sample_seconds,
         (spec -> '$.run.deadline')::VARCHAR AS deadline,
         capacity_cores::VARCHAR AS capacity_cores, planned_jobs::VARCHAR AS planned_jobs,
         image_maker, image_role, image_key, image_packages, trace_hash, trace_name, program_hash, code_hash,
         code_dirty::VARCHAR AS code_dirty, seed::VARCHAR AS seed, domain, hypervisor_uri,
         overcommit_cores::VARCHAR AS overcommit_cores,
         overcommit_memory::VARCHAR AS overcommit_memory, network_scale::VARCHAR AS network_scale,
         scheduler_kind, scheduler_version, policy, node_kernel, node_software, host_kernel, host_cpu_model,
         host_cores::VARCHAR AS host_cores, harness_version, bodies::VARCHAR AS bodies
       FROM runs ORDER BY started_at, run_id`,
    );
    const audits = await readAudits(connection);
    return found
      .map((row) => {
        const { run, ...fields } = rowSchema.parse(row);
        const failed = failedChecks(audits.get(run ?? "") ?? [], accepted);
        return { run: run ?? "", fields: { ...fields, audit: auditField(run ?? "", failed) } };
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
