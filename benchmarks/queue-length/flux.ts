import { z } from "zod";
import { Failure } from "../../base/failure";
import type { Ask, Cycle, CycleCounters } from "./cycle";

const module = "sched-fluxion-resource";

/**
 * What Fluxion's resource module tells of its matches, each of which looks for the place of one job. The queue
 * manager, which makes as many of them in a row as its policy says, times nothing of its own (its statistics
 * are lists of jobs). They are set to 0 when the window begins.
 */
export function fluxionCounters(ask: Ask): CycleCounters {
  const stats = (options: string) =>
    `cd / && export HOME="\${HOME:-/}" && flux module stats ${options}${module} </dev/null`;
  return {
    async begin() {
      await ask("reset Fluxion's counters", stats("--clear "));
    },
    async end() {
      return parseMatches(await ask("read Fluxion's counters", stats("")));
    },
  };
}

/** Seconds. */
const matchesSchema = z.object({
  "njobs-reset": z.int().nonnegative(),
  stats: z.object({ max: z.number(), avg: z.number() }),
});

const statsSchema = z.object({
  match: z.object({ succeeded: matchesSchema, failed: matchesSchema }),
});

/**
 * Matches that found a place, now or by reservation, and those that found none. Fluxion gives an average from two
 * matches on. @throws Failure for another text.
 */
export function parseMatches(text: string): Cycle[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = statsSchema.safeParse(value);
  if (!parsed.success) {
    throw new Failure(`the statistics of ${module} cannot be read`, { detail: text });
  }
  const { succeeded, failed } = parsed.data.match;
  const cycle = (name: string, { "njobs-reset": count, stats }: typeof succeeded): Cycle => ({
    name,
    count,
    meanMs: count > 1 ? stats.avg * 1000 : null,
    lastMs: null,
    maxMs: count > 0 ? stats.max * 1000 : null,
  });
  return [cycle("match", succeeded), cycle("failed match", failed)];
}
