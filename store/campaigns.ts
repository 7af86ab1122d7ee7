import type { DuckDBConnection } from "@duckdb/node-api";
import { z } from "zod";
import { canonicalJson } from "../base/canonical-json";
import { appendRows, type Columns } from "./append";
import { transaction } from "./migrate";
import { readStore, type StoreOptions, writeStore } from "./open";
import { timestamp } from "./tables";

export interface StoredTuple {
  readonly hash: string;
  readonly stack: string;
  readonly label: string;
  /** Axis → value. */
  readonly axes: Readonly<Record<string, string>>;
  /** From the start of the replay to the last end, by the jobs alone. */
  readonly plannedSeconds: number;
}

export interface StoredRun {
  readonly tuple: string;
  readonly repeat: number;
  readonly position: number;
}

/** A campaign's plan as the store keeps it. */
export interface StoredPlan {
  readonly campaign: string;
  readonly repeats: number;
  readonly orderSeed: number;
  /** How far the random order is kept, in words. */
  readonly orderKept: string;
  readonly clustersAtOnce: number;
  readonly retryFailed: number;
  readonly stacks: readonly string[];
  readonly tuples: readonly StoredTuple[];
  readonly runs: readonly StoredRun[];
}

/**
 * Writes the plan in place of the campaign's former one. Runs stay as they are, and so do the names of
 * stacks of former plans. Throws Failure.
 */
export async function storePlan(
  storePath: string,
  plan: StoredPlan,
  options: StoreOptions = {},
): Promise<void> {
  await writeStore(
    storePath,
    (connection) => transaction(connection, () => replacePlan(connection, plan)),
    options,
  );
}

async function replacePlan(connection: DuckDBConnection, plan: StoredPlan): Promise<void> {
  const { campaign } = plan;
  for (const table of ["campaigns", "campaign_tuples", "campaign_runs"]) {
    await connection.run(`DELETE FROM ${table} WHERE campaign = $1`, [campaign]);
  }
  await connection.run("UPDATE campaign_clusters SET planned = false WHERE campaign = $1", [
    campaign,
  ]);
  for (const stack of plan.stacks) {
    await connection.run("DELETE FROM campaign_clusters WHERE campaign = $1 AND stack = $2", [
      campaign,
      stack,
    ]);
  }
  const placed = plan.tuples.map((tuple, index) => ({ ...tuple, place: index + 1 }));
  await appendRows(connection, "campaigns", planColumns, [plan]);
  await appendRows(connection, "campaign_clusters", clusterColumns(campaign), plan.stacks);
  await appendRows(connection, "campaign_tuples", tupleColumns(campaign), placed);
  await appendRows(connection, "campaign_runs", plannedColumns(campaign), plan.runs);
}

const planColumns: Columns<StoredPlan> = {
  campaign: ({ campaign }) => campaign,
  repeats: ({ repeats }) => repeats,
  order_seed: ({ orderSeed }) => BigInt(orderSeed),
  order_kept: ({ orderKept }) => orderKept,
  clusters_at_once: ({ clustersAtOnce }) => clustersAtOnce,
  retry_failed: ({ retryFailed }) => retryFailed,
  planned_at: () => timestamp(Date.now()),
};

function clusterColumns(campaign: string): Columns<string> {
  return { campaign: () => campaign, stack: (stack) => stack, planned: () => true };
}

function tupleColumns(campaign: string): Columns<StoredTuple & { readonly place: number }> {
  return {
    campaign: () => campaign,
    tuple_hash: ({ hash }) => hash,
    place: ({ place }) => place,
    stack: ({ stack }) => stack,
    label: ({ label }) => label,
    axes: ({ axes }) => canonicalJson(axes),
    planned_seconds: ({ plannedSeconds }) => plannedSeconds,
  };
}

function plannedColumns(campaign: string): Columns<StoredRun> {
  return {
    campaign: () => campaign,
    tuple_hash: ({ tuple }) => tuple,
    repeat: ({ repeat }) => repeat,
    position: ({ position }) => position,
  };
}

const stateSchema = z.object({
  tuple: z.string(),
  repeat: z.number(),
  position: z.number(),
  label: z.string(),
  stack: z.string(),
  /** As `StoredTuple` has it. */
  plannedSeconds: z.number(),
  /** Runs in the store, by how they ended. */
  completed: z.number(),
  failed: z.number(),
  interrupted: z.number(),
  /** Of the completed run, else of the last one that ended. */
  runId: z.string().nullable(),
  /** Why the last run that did not complete did not. */
  lastProblem: z.string().nullable(),
  /** From start to finish of the completed run. */
  runSeconds: z.number().nullable(),
});
/** What the store has of one planned run. */
export type RunState = z.infer<typeof stateSchema>;

export interface CampaignRecord {
  readonly campaign: string;
  readonly repeats: number;
  readonly orderKept: string;
  readonly clustersAtOnce: number;
  readonly retryFailed: number;
  /** Every stack that the campaign ever planned. */
  readonly stacks: readonly string[];
  /** By position. */
  readonly runs: readonly RunState[];
  /** Completed runs of tuples or repeats that the plan no longer has. */
  readonly unplanned: number;
}

/** Null when the store has no such campaign. Throws Failure: no store, locked, another schema. */
export async function readCampaign(
  storePath: string,
  campaign: string,
  options: StoreOptions = {},
): Promise<CampaignRecord | null> {
  return readStore(storePath, (connection) => campaignRecord(connection, campaign), options);
}

const headSchema = z.object({
  repeats: z.number(),
  orderKept: z.string(),
  clustersAtOnce: z.number(),
  retryFailed: z.number(),
  unplanned: z.number(),
});

async function campaignRecord(
  connection: DuckDBConnection,
  campaign: string,
): Promise<CampaignRecord | null> {
  const select = async (sql: string) => {
    const reader = await connection.runAndReadAll(sql, [campaign]);
    return reader.getRowObjectsJS();
  };
  const [head] = await select(
    `SELECT repeats, order_kept AS orderKept, clusters_at_once AS clustersAtOnce,
       retry_failed AS retryFailed,
       (SELECT count(*)::INTEGER FROM runs WHERE runs.campaign = campaigns.campaign
          AND status = 'completed' AND NOT EXISTS (
            SELECT 1 FROM campaign_runs AS planned
            WHERE planned.campaign = runs.campaign AND planned.tuple_hash = runs.tuple_hash
              AND planned.repeat = runs.repeat)) AS unplanned
     FROM campaigns WHERE campaign = $1`,
  );
  if (head === undefined) return null;
  const stacks = await select(
    "SELECT stack FROM campaign_clusters WHERE campaign = $1 ORDER BY stack",
  );
  const runs = await select(
    `SELECT tuple_hash AS tuple, repeat, position, label, stack, planned_seconds AS plannedSeconds, completed, failed, interrupted,
       run_id AS runId, last_problem AS lastProblem, run_seconds AS runSeconds
     FROM campaign_run_states WHERE campaign = $1 ORDER BY position`,
  );
  return {
    campaign,
    ...headSchema.parse(head),
    stacks: stacks.map(({ stack }) => String(stack)),
    runs: runs.map((run) => stateSchema.parse(run)),
  };
}

/** Names of the campaigns in the store. Throws Failure. */
export async function campaignNames(storePath: string): Promise<string[]> {
  return readStore(storePath, async (connection) => {
    const reader = await connection.runAndReadAll("SELECT campaign FROM campaigns ORDER BY 1");
    return reader.getRows().map(([name]) => String(name));
  });
}

/** Ids of all runs in the store. Throws Failure. */
export async function storedRunIds(storePath: string): Promise<Set<string>> {
  return readStore(storePath, async (connection) => {
    const reader = await connection.runAndReadAll("SELECT run_id FROM runs");
    return new Set(reader.getRows().map(([id]) => String(id)));
  });
}
