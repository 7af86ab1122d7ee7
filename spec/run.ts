import { choice, flag, integer, number, strict, text } from "./fields";

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
  store: text(/\S/, "the path of a DuckDB file").default("results/schedlab.duckdb"),
});
