import { expect, test } from "vitest";
import { directedMetrics, directionOf } from "../../../analysis/check/directions";
import { checkMetricNames, scopesOf } from "../../../analysis/whatif/asked";

test("a metric that no run has is refused by its name, with those that there are", () => {
  expect(() => checkMetricNames(["mean_wait", "p95_slowdown", "hpl_gflops"])).not.toThrow();
  expect(() => checkMetricNames(["mean_wait", "nosuch"])).toThrow("there is no metric nosuch");
  expect(() => checkMetricNames(["mean_wiat"])).toThrow('did you mean "mean_wait"');
  for (const name of directedMetrics()) expect(directionOf(name)).toBeDefined();
});

test("a scope that is not there is refused, and a partition is a queue", () => {
  expect(scopesOf(["size", "partition"])).toEqual(["size", "queue"]);
  expect(() => scopesOf(["nosuch"])).toThrow("there is no scope nosuch");
});
