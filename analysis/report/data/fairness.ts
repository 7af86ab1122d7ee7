import { policies } from "../../simulate/policy";
import type { Configuration } from "./configuration";
import { type Spread, spread } from "./distribution";

export interface UserFigures {
  readonly user: string;
  /** By configuration, over its repeats; null where the user has no job that counts. */
  readonly boundedSlowdown: readonly (Spread | null)[];
  readonly wait: readonly (Spread | null)[];
  readonly jobs: readonly (Spread | null)[];
}

/** Every user with a job that counts, the worst bounded slowdown first. */
export function userFigures(configurations: readonly Configuration[]): UserFigures[] {
  const tables = configurations.map(({ runs }) => runs.map(userMetrics));
  const users = new Set(tables.flat().flatMap((table) => [...table.keys()]));
  const figures = [...users].map((user) => {
    const over = (metric: string) =>
      tables.map((runs) => spread(runs.map((table) => table.get(user)?.get(metric) ?? null)));
    return {
      user,
      boundedSlowdown: over("mean_bounded_slowdown"),
      wait: over("mean_wait"),
      jobs: over("n"),
    };
  });
  const worst = ({ boundedSlowdown }: UserFigures) =>
    Math.max(...boundedSlowdown.map((entry) => entry?.mean ?? 0));
  return figures.sort((a, b) => worst(b) - worst(a) || a.user.localeCompare(b.user, "en"));
}

export interface JobUnfairness {
  readonly configuration: Configuration;
  readonly policy: string;
  /** Over the repeats: sum and mean of max(0, start − fair start) in seconds, and the jobs above 0. */
  readonly sum: Spread | null;
  readonly mean: Spread | null;
  readonly delayed: Spread | null;
}

/** The unfairness of each configuration against the fair starts of each simulated policy. */
export function jobUnfairness(configurations: readonly Configuration[]): JobUnfairness[] {
  return configurations.flatMap((configuration) =>
    policies.map((policy) => {
      const over = (metric: string) =>
        spread(
          configuration.runs.map(
            ({ metrics }) =>
              metrics.find(
                ({ scope, subject, name }) =>
                  scope === "policy" && subject === policy && name === metric,
              )?.value ?? null,
          ),
        );
      return {
        configuration,
        policy,
        sum: over("unfairness"),
        mean: over("mean_unfairness"),
        delayed: over("delayed_jobs"),
      };
    }),
  );
}

function userMetrics({ metrics }: Configuration["runs"][number]) {
  const table = new Map<string, Map<string, number | null>>();
  for (const { scope, subject, name, value } of metrics) {
    if (scope !== "user" || subject === null) continue;
    const own = table.get(subject) ?? new Map();
    table.set(subject, own.set(name, value));
  }
  return table;
}
