import { z } from "zod";
import { timeSourceSchema } from "./record";

/** Files of a run whose pools come and go; other runs have none of them. */

/** Milliseconds since the Unix epoch; fractions allowed. */
const instant = z.number().positive();
const text = z.string().min(1);
const count = z.int().nonnegative();

/** What befalls a node of an elastic pool. */
const nodeEventNames = [
  /** The policy wants it. */
  "join-decided",
  /** Its domain answers, or the stated delay of its daemon is over. */
  "started",
  /** The scheduler can place jobs on it. */
  "schedulable",
  /** The policy lets it go. */
  "leave-decided",
  /** No further job begins on it. */
  "draining",
  /** No job is on it any more. */
  "drained",
  /** The scheduler does not know it any more, and its domain or daemon is down. */
  "left",
  /** It was not schedulable in time; another is taken in its place. */
  "given-up",
  /** It went away without having been let go. */
  "lost",
] as const;

/** One line of node-events.jsonl. */
export const nodeEventRecordSchema = z.strictObject({
  node: text,
  event: z.enum(nodeEventNames),
  at: instant,
  source: timeSourceSchema,
  resolutionMs: z.number().positive(),
  /** Who decided, or why it was given up or lost; null where there is nothing to say. */
  detail: text.nullable(),
});
export type NodeEventRecord = z.infer<typeof nodeEventRecordSchema>;
export type NodeEventName = NodeEventRecord["event"];

/** One line of supply.jsonl: cores that the scheduler itself could place jobs on, from `at` on. */
export const supplyRecordSchema = z.strictObject({
  at: instant,
  /** Of all pools together, elastic or not. */
  cores: count,
  source: timeSourceSchema,
  resolutionMs: z.number().positive(),
});
export type SupplyRecord = z.infer<typeof supplyRecordSchema>;

/** One line of decisions.jsonl: nodes that a policy took in or let go, and what it saw then. */
export const decisionRecordSchema = z.strictObject({
  at: instant,
  pool: text,
  /** The change that it answers: what the queue or the nodes became, and when. */
  causeAt: instant,
  /** `pressure`, or the scheduler's own. */
  policy: text,
  queuedCores: count,
  runningCores: count,
  schedulableCores: count,
  joiningCores: count,
  join: z.array(text),
  leave: z.array(text),
});
export type DecisionRecord = z.infer<typeof decisionRecordSchema>;
