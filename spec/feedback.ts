import { z } from "zod";
import { isObject, number, strict } from "./fields";
import { show } from "./problems";

const day = 24 * 3600;

/** Seconds of the log from a job's end within which a user's next submission belongs to the same session. */
const defaultGap = 20 * 60;

const sessions = strict({
  kind: z.literal("sessions", {
    error: ({ input }) => `expected one of open, sessions, got ${show(input)}`,
  }),
  gap: number(0, 30 * day).default(defaultGap),
});

/** `sessions` is short for `{kind: sessions}`, and `open` for nothing at all, which is the default. */
function written(value: unknown): unknown {
  if (value === "open" || (isObject(value) && value.kind === "open")) return undefined;
  if (typeof value === "string") return { kind: value };
  return isObject(value) && !Object.hasOwn(value, "kind") ? { kind: "sessions", ...value } : value;
}

/** Whether users submit when the log says, or when an earlier job of theirs has ended. */
export const feedback = () => z.preprocess(written, sessions.optional()).optional();

export type Feedback = z.infer<typeof sessions>;
