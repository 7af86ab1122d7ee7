import { z } from "zod";
import { rows } from "../../analysis/query";
import { canonicalJson } from "../../base/canonical-json";
import { parseSpec } from "../../spec/parse";
import { SpecError } from "../../spec/problems";
import type { ExperimentSpec } from "../../spec/spec";
import { readStore } from "../../store/open";
import { withRange } from "./stack-config";

/** Seconds of the host that completed runs took, by {@link timeKey}. */
export type EarlierTimes = ReadonlyMap<string, readonly number[]>;

/** Equal for runs that should take the same time: of the same topology, scheduler, workload and clock. */
export function timeKey(spec: ExperimentSpec): string {
  const { topology, scheduler, workload, run } = withRange(spec, "");
  const { clock } = run;
  return canonicalJson({
    topology,
    scheduler,
    workload,
    ...(clock === undefined ? {} : { clock }),
  });
}

const rowSchema = z.object({ spec: z.string(), seconds: z.number().nonnegative() });

/**
 * How long the completed live runs of a store took, from start to end with all that the harness does
 * around the jobs. @throws Failure where there is no store, or it cannot be read.
 */
export async function earlierTimes(store: string): Promise<EarlierTimes> {
  const found = await readStore(store, (connection) =>
    rows(
      connection,
      `SELECT spec, (epoch(finished_at) - epoch(started_at)) / coalesce(clock_factor, 1) AS seconds
       FROM runs
       WHERE origin = 'live' AND status = 'completed' AND spec IS NOT NULL
         AND started_at IS NOT NULL AND finished_at IS NOT NULL`,
    ),
  );
  const keys = new Map<string, string | undefined>();
  const times = new Map<string, number[]>();
  for (const { spec, seconds } of z.array(rowSchema).parse(found)) {
    if (!keys.has(spec)) keys.set(spec, storedKey(spec));
    const key = keys.get(spec);
    if (key === undefined) continue;
    const known = times.get(key);
    if (known === undefined) times.set(key, [seconds]);
    else known.push(seconds);
  }
  return times;
}

/** Of a specification as another version may have written it; undefined where this one cannot read it. */
function storedKey(text: string): string | undefined {
  try {
    return timeKey(parseSpec(JSON.parse(text)));
  } catch (error) {
    if (error instanceof SpecError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
