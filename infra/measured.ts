import { z } from "zod";
import { runIdSchema } from "../store/record";

/**
 * What the stack shows of its runs. Only these fields of what `schedlab run` prints: its reasons, which
 * hold the words of other programs, are in the store.
 */
const measuredSchema = z.object({
  /** Path of the DuckDB file. */
  store: z.string(),
  runs: z.array(
    z.object({
      runId: runIdSchema,
      directory: z.string(),
      status: z.enum(["completed", "failed", "interrupted"]),
      jobs: z.number(),
      failedJobs: z.number(),
    }),
  ),
});

export type Measured = z.infer<typeof measuredSchema>;

/** Null for anything that is not what `schedlab run` prints: none of it is shown. */
export function measuredRuns(stdout: string): Measured | null {
  try {
    return measuredSchema.parse(JSON.parse(stdout));
  } catch {
    return null;
  }
}
