import { z } from "zod";
import { choice, flag, integer, number, strict, text } from "./fields";
import { show } from "./problems";

export const runSchema = strict({
  /**
   * Whether `pulumi up` runs the workload; absent is true. It says when to run and nothing of what is
   * measured, so it has no part in the tuple's hash.
   */
  onUp: flag().optional(),
  repeat: integer(1, 100).default(1),
  onJobFailure: choice(["fail", "record"]).default("record"),
  deadline: integer(10, 30 * 24 * 3600).default(1800),
  sampleSeconds: number(0.2, 300).default(1),
  /**
   * Seconds of the host, not of an accelerated clock, between two questions to the scheduler while a run lasts; 0
   * asks never. Absent is what the harness takes, so that a tuple without them stays the one that it was.
   */
  samples: strict({
    estimates: number(0, 3600).optional(),
    internals: number(0, 3600).optional(),
  }).optional(),
  /**
   * `real`, or how much faster than the host's clock that of the scheduler goes. Absent is real, so that a
   * tuple without it stays the one that it was.
   */
  clock: z
    .preprocess((value, context) => {
      if (typeof value !== "string") return value;
      if (value === "real") return undefined;
      const message = `expected real or an object with accelerated, got ${show(value)}`;
      context.issues.push({ code: "custom", message, input: value });
      return z.NEVER;
    }, strict({ accelerated: integer(2, 100) }).optional())
    .optional(),
  store: text(/\S/, "the path of a DuckDB file").default("results/schedlab.duckdb"),
});
export type RunSamples = NonNullable<z.output<typeof runSchema>["samples"]>;
