import { z } from "zod";
import { show } from "./problems";

/** What a job of a log may ask for beside its cores, its time limit and its user. */
export const jobAttributes = [
  "memory",
  "gpus",
  "nodes",
  "constraint",
  "partition",
  "qos",
  "account",
  "priority",
  "eligible",
] as const;
export type JobAttribute = (typeof jobAttributes)[number];

/** As a person calls it. */
export function wordOf(attribute: JobAttribute): string {
  if (attribute === "qos") return "QOS";
  return attribute === "eligible" ? "eligible time" : attribute;
}

/** An attribute that jobs ask for; `value` of those that are names. */
export interface AskedFor {
  readonly attribute: JobAttribute;
  readonly value: string | null;
}

/** Of a job: higher goes first. A job without a priority has the highest. */
export const lowestPriority = 1;
export const highestPriority = 16;

const error = ({ input }: { readonly input?: unknown }) =>
  `expected all, or a list of ${jobAttributes.join(", ")}, got ${show(input)}`;

/** Which of these the jobs of a trace keep; absent: all that the log says. */
export const keepSchema = () =>
  z.union([z.literal("all"), z.array(z.enum(jobAttributes, { error }))], { error }).optional();

export type Keep = z.infer<ReturnType<typeof keepSchema>>;

/** Whether jobs keep it. */
export function keepsAttribute(keep: Keep, attribute: JobAttribute): boolean {
  return keep === undefined || keep === "all" || keep.includes(attribute);
}

/** Whether the user has said so, so that a job that cannot keep it is refused instead of noted. */
export function insistsOn(keep: Keep, attribute: JobAttribute): boolean {
  return keep !== undefined && keepsAttribute(keep, attribute);
}
