import { Failure } from "../../base/failure";
import { suggestion } from "../../spec/problems";
import { directedMetrics, directionOf } from "../check/directions";

/** Scopes whose subjects are groups of the same jobs on both sides. */
const scopes = ["size", "user", "queue", "account", "qos"];

/** A metric that no run can have in a better direction. @throws Failure, before anything has run. */
export function checkMetricNames(metrics: readonly string[]): void {
  for (const name of metrics) {
    if (directionOf(name) !== undefined) continue;
    const known = directedMetrics();
    throw new Failure(
      `there is no metric ${name} of which lower or higher values are better${suggestion(name, known)}`,
      { remedy: `choose among ${known.join(", ")}, and for mean_ also p95_ or max_` },
    );
  }
}

/** The scopes under the store's names for them. @throws Failure for one that is not there. */
export function scopesOf(by: readonly string[]): string[] {
  return by.map((asked) => {
    // A partition is a queue in the store, under whatever scheduler.
    const scope = asked === "partition" ? "queue" : asked;
    if (scopes.includes(scope)) return scope;
    throw new Failure(`there is no scope ${asked}${suggestion(asked, scopes)}`, {
      remedy: `--by takes ${scopes.join(", ")}; partition is the same as queue`,
    });
  });
}
