import { z } from "zod";

/** What the scheduler said of itself while the run lasted. Runs of older versions have none of it. */

/** Milliseconds since the Unix epoch; fractions allowed. */
const instant = z.number().positive();

/** One line of estimates.jsonl: when the scheduler expected a waiting job to start. */
export const estimateRecordSchema = z.strictObject({
  job: z.int().positive(),
  /** When it was asked. */
  at: instant,
  startAt: instant,
  /** Of `startAt`. */
  resolutionMs: z.number().positive(),
});
export type EstimateRecord = z.infer<typeof estimateRecordSchema>;

/** One line of internals.jsonl: the scheduler's counters at one moment, by names that end with their unit. */
export const internalsRecordSchema = z.strictObject({
  at: instant,
  values: z.record(z.string().min(1), z.number()),
});
export type InternalsRecord = z.infer<typeof internalsRecordSchema>;
