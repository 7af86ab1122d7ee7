import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { directionOf, judgedMetrics } from "../../../analysis/check/directions";
import { repoRoot } from "../../../base/paths";

/** They describe a run, or reward keeping jobs waiting where the supply cannot change. */
const neither = [
  "n",
  "users",
  "busy_share",
  "peak_cores",
  "no_demand_share",
  "theta_u",
  "theta_o",
  "tau_u",
  "tau_o",
  "jitter",
  "node_joins",
  "node_leaves",
  "oracle_node_seconds",
  "backfilled_share",
  "mean_estimate_error",
  "started_by_estimate_share",
  "mean_largest_fit_cores",
  "mean_largest_fit_gpus",
  "mean_largest_node_fit_cores",
  "mean_largest_node_fit_gpus",
];

test("every metric of a run is better in one direction, or known to be in neither", () => {
  const files = ["08-run-metrics.sql", "08-order-metrics.sql", "09-elastic-metrics.sql"];
  const views = files.map((name) => readFileSync(path.join(repoRoot, "store/views", name), "utf8"));
  const names = [...views.join("").matchAll(/\{name: '(\w+)'/g)].map(([, name = ""]) => name);
  expect(names.length).toBeGreaterThan(30);
  const undirected = names.filter((name) => directionOf(name) === undefined);
  const unknown = undirected.filter((name) => !neither.includes(name.replace(/^steady_/, "")));
  expect(unknown).toEqual([]);
  expect(neither.filter((name) => directionOf(name) !== undefined)).toEqual([]);
  expect(names).toEqual(expect.arrayContaining([...judgedMetrics]));
});

test("quantiles, weighted means and steady parts are better as what they are of", () => {
  for (const name of ["p99_wait", "area_weighted_response_time", "steady_p50_bounded_slowdown"]) {
    expect(directionOf(name)).toBe("lower");
  }
  expect(directionOf("steady_utilisation")).toBe("higher");
  expect([directionOf("hpl_gflops"), directionOf("hpcg_failed")]).toEqual(["higher", "lower"]);
  expect(directionOf("constructor")).toBeUndefined();
});
