import type { DuckDBConnection } from "@duckdb/node-api";
import { z } from "zod";
import { rows } from "../../../query";
import { storedJson } from "../../../stored-json";

/** Axis → chosen value as text. */
export type Axes = Readonly<Record<string, string>>;

export type RunProgress = "done" | "failed" | "to do";

export interface StoredRun {
  readonly repeat: number;
  /** In the campaign's random order, from 1. */
  readonly position: number;
  readonly progress: RunProgress;
  /** Of the completed run, else of the last one that ended. */
  readonly runId: string | null;
  /** Tries that failed or were interrupted. */
  readonly inVain: number;
  /** Why the last try that did not complete did not. */
  readonly problem: string | null;
}

export interface StoredTuple {
  readonly hash: string;
  /** The values of the axes that vary, as the plan has them. */
  readonly label: string;
  readonly axes: Axes;
  /** By repeat. */
  readonly runs: readonly StoredRun[];
  /** Every run of the store that belongs to it, oldest first. */
  readonly runIds: readonly string[];
}

/** A campaign as the store has it: the plan that was last driven, and what became of it. */
export interface StoredCampaign {
  readonly name: string;
  readonly repeats: number;
  /** How far the random order was kept, in words. */
  readonly orderKept: string;
  /** ISO 8601, UTC. */
  readonly plannedAt: string;
  /** In the order of the plan. */
  readonly tuples: readonly StoredTuple[];
  /** Completed runs of tuples or repeats that the plan no longer has. */
  readonly unplanned: number;
}

const headSchema = z.object({
  name: z.string(),
  repeats: z.number(),
  orderKept: z.string(),
  retryFailed: z.number(),
  plannedAt: z.string(),
});

const axesSchema = z.record(z.string(), z.string());

const tupleSchema = z.object({
  // The name of a file is made of it.
  hash: z.string().regex(/^[\w-][\w.-]*$/, "expected the hash of a tuple"),
  label: z.string(),
  axes: z.string().transform((text) => axesSchema.parse(storedJson(text))),
});

const stateSchema = z.object({
  hash: z.string(),
  repeat: z.number(),
  position: z.number(),
  runId: z.string().nullable(),
  completed: z.number(),
  failed: z.number(),
  interrupted: z.number(),
  problem: z.string().nullable(),
});
type State = z.infer<typeof stateSchema>;

/** Null when the store has no such campaign. */
export async function storedCampaign(
  connection: DuckDBConnection,
  name: string,
): Promise<StoredCampaign | null> {
  const of = (sql: string) => rows(connection, sql, [name]);
  const [found] = await of(
    `SELECT campaign AS name, repeats, order_kept AS "orderKept", retry_failed AS "retryFailed",
       planned_at AS "plannedAt"
     FROM campaigns WHERE campaign = $1`,
  );
  if (found === undefined) return null;
  const { retryFailed, ...head } = headSchema.parse(found);
  const tuples = z
    .array(tupleSchema)
    .parse(
      await of(
        `SELECT tuple_hash AS hash, label, axes FROM campaign_tuples WHERE campaign = $1 ORDER BY place`,
      ),
    );
  const states = z.array(stateSchema).parse(
    await of(
      `SELECT tuple_hash AS hash, repeat, position, run_id AS "runId", completed, failed, interrupted,
         last_problem AS problem
       FROM campaign_run_states WHERE campaign = $1 ORDER BY repeat`,
    ),
  );
  const runs = await of(
    `SELECT run_id AS id, tuple_hash AS hash, repeat, status FROM runs WHERE campaign = $1
     ORDER BY started_at, run_id`,
  );
  const [byTuple, idsByTuple] = [grouped(states), grouped(runs)];
  const planned = new Set(states.map(({ hash, repeat }) => `${hash} ${repeat}`));
  return {
    ...head,
    tuples: tuples.map((tuple) => ({
      ...tuple,
      runs: (byTuple.get(tuple.hash) ?? []).map((state) => storedRun(state, retryFailed)),
      runIds: (idsByTuple.get(tuple.hash) ?? [])
        .filter(({ hash, repeat }) => planned.has(`${hash} ${repeat}`))
        .map(({ id }) => String(id)),
    })),
    unplanned: runs.filter(
      ({ hash, repeat, status }) => status === "completed" && !planned.has(`${hash} ${repeat}`),
    ).length,
  };
}

function storedRun(state: State, retryFailed: number): StoredRun {
  const { repeat, position, runId, completed, failed, interrupted, problem } = state;
  const progress = completed > 0 ? "done" : failed > retryFailed ? "failed" : "to do";
  return { repeat, position, progress, runId, inVain: failed + interrupted, problem };
}

function grouped<T extends { readonly hash?: unknown }>(all: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const own = groups.get(String(one.hash));
    if (own === undefined) groups.set(String(one.hash), [one]);
    else own.push(one);
  }
  return groups;
}
