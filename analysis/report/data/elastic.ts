import type { DuckDBConnection } from "@duckdb/node-api";
import { z } from "zod";
import { type Row, rows } from "../../query";

/** More changes than this could not be seen. */
const maxSteps = 600;

const known = z.number().nullable();

const staySchema = z.object({
  node: z.string(),
  /** Seconds of the run; of a node that was there from the start, no decision. */
  decided: known,
  started: known,
  schedulable: known,
  firstJob: known,
  leaveDecided: known,
  drained: known,
  left: known,
  givenUp: known,
  lost: known,
});
/** A node's being there, from the decision to take it in until it was gone. */
export type Stay = z.infer<typeof staySchema>;

const stepSchema = z.object({
  /** Seconds of the run; each step holds until the next one, and the last one is the end. */
  at: z.number(),
  /** Cores that jobs want, capped at the largest size, and cores that can be scheduled on. */
  demand: z.number(),
  supply: known,
});
export type Step = z.infer<typeof stepSchema>;

export const elasticSchema = z.object({
  steps: z.array(stepSchema),
  /** Seconds that each step is the mean of; null where every change is there. */
  averagedOver: known,
  stays: z.array(staySchema),
});
/** What a run whose supply could change shows of it. */
export type Elastic = z.infer<typeof elasticSchema>;

/** By run, for those of these runs whose supply could change. */
export async function readElastic(
  connection: DuckDBConnection,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Elastic>> {
  const these = `run_id IN (${ids.map((_, index) => `$${index + 1}`).join(", ")})`;
  const found = await rows(connection, `SELECT run_id FROM elastic_runs WHERE ${these}`, [...ids]);
  const elastic = new Map<string, Elastic>();
  // One after another: few runs are elastic, and the series of one is found faster than those of many.
  for (const { run_id } of found) {
    const run = [String(run_id)];
    const steps = await rows(
      connection,
      `SELECT at_s AS "at", until_s AS "until", demand::DOUBLE AS demand, supply
       FROM demand_supply_series WHERE run_id = $1 ORDER BY at_s`,
      run,
    );
    const stays = await rows(
      connection,
      `SELECT node, decided_s AS decided, started_s AS started, schedulable_s AS schedulable,
         first_job_s AS "firstJob", leave_decided_s AS "leaveDecided", drained_s AS drained,
         left_s AS "left", given_up_s AS "givenUp", lost_s AS lost
       FROM node_stays LEFT JOIN run_windows USING (run_id)
       WHERE run_id = $1 AND (to_s IS NULL OR first_s IS NULL OR to_s > first_s) ORDER BY coalesce(decided_s, '-infinity'), node`,
      run,
    );
    elastic.set(String(run_id), elasticSchema.parse({ ...stepsOf(steps), stays }));
  }
  return elastic;
}

interface Span extends Step {
  readonly until: number;
}

function stepsOf(found: readonly Row[]): Pick<Elastic, "steps" | "averagedOver"> {
  const spans = found.map((row): Span => ({ ...stepSchema.parse(row), until: Number(row.until) }));
  const last = spans.at(-1);
  if (last === undefined) return { steps: [], averagedOver: null };
  const end = { at: last.until, demand: 0, supply: last.supply };
  if (spans.length <= maxSteps) return { steps: [...spans, end], averagedOver: null };
  const first = spans[0]?.at ?? 0;
  const width = (last.until - first) / maxSteps;
  return { steps: [...meansOf(spans, first, width), end], averagedOver: width };
}

/** Means over intervals of this width, weighted with time; of the supply where it is known. */
function meansOf(spans: readonly Span[], first: number, width: number): Step[] {
  const sums = Array.from({ length: maxSteps }, () => ({
    ...{ demand: 0, seconds: 0 },
    ...{ supply: 0, suppliedSeconds: 0 },
  }));
  for (const { at, until, demand, supply } of spans) {
    const to = Math.min(maxSteps - 1, Math.floor((until - first) / width));
    for (let bin = Math.floor((at - first) / width); bin <= to; bin += 1) {
      const sum = sums[bin];
      if (sum === undefined) continue;
      const from = first + bin * width;
      const seconds = Math.max(0, Math.min(until, from + width) - Math.max(at, from));
      sum.demand += demand * seconds;
      sum.seconds += seconds;
      if (supply === null) continue;
      sum.supply += supply * seconds;
      sum.suppliedSeconds += seconds;
    }
  }
  return sums.map(({ demand, supply, seconds, suppliedSeconds }, bin) => ({
    at: first + bin * width,
    demand: seconds > 0 ? demand / seconds : 0,
    // An unknown supply is none of 0.
    supply: suppliedSeconds > 0 ? supply / suppliedSeconds : null,
  }));
}
