import { z } from "zod";
import type { Internals } from "../foretold";

const BETWEEN = "--";

/**
 * How many jobs are in which state, and Fluxion's matches. An instance with another scheduler has no such module:
 * then there are no matches. The statistics of Fluxion's queue manager are lists of all jobs, so that they are left.
 */
export const internalsCommand =
  `cd / && export HOME="\${HOME:-/}" && flux job stats </dev/null && echo ${BETWEEN} ` +
  "&& { flux module stats sched-fluxion-resource </dev/null 2>/dev/null || true; }";

const count = z.number().nonnegative();

const statesSchema = z.object({ job_states: z.record(z.string(), z.unknown()) });

/** Seconds. */
const matchesSchema = z.object({
  njobs: count,
  "njobs-reset": count,
  stats: z.object({ max: z.number(), avg: z.number() }),
});
const modulesSchema = z.object({
  match: z.object({ succeeded: matchesSchema, failed: matchesSchema }),
});

/**
 * Numbers of jobs by state, and of matches with their mean and longest time, since the module was loaded or its
 * statistics were set back. Fluxion gives a mean from two matches on. What is not there, or not as expected, is left out.
 */
export function parseInternals(output: string): Internals {
  const lines = output.split("\n");
  const between = lines.indexOf(BETWEEN);
  const states = statesSchema.safeParse(json(lines.slice(0, Math.max(0, between)).join("\n")));
  const modules = modulesSchema.safeParse(json(lines.slice(between + 1).join("\n")));
  const values: Record<string, number> = {};
  for (const [state, jobs] of Object.entries(states.data?.job_states ?? {})) {
    if (typeof jobs === "number") values[`state_${state}_jobs`] = jobs;
  }
  for (const kind of ["succeeded", "failed"] as const) {
    const matches = modules.data?.match[kind];
    if (matches === undefined) continue;
    values[`match_${kind}_jobs`] = matches.njobs;
    if (matches["njobs-reset"] > 1) values[`match_${kind}_mean_s`] = matches.stats.avg;
    if (matches["njobs-reset"] > 0) values[`match_${kind}_max_s`] = matches.stats.max;
  }
  return values;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
