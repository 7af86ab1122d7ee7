import { expect, test } from "vitest";
import {
  groupLabels,
  valueLabel,
  varyingAxes,
} from "../../../../analysis/report/campaign/data/labels";

const tuple = (scheduler: string, count: string, seed: string) => ({
  scheduler,
  "topology.nodes.count": count,
  "workload.seed": seed,
});

test("a value that is no name is said with the end of its axis, and a long one is cut", () => {
  expect(valueLabel("scheduler", "backfill")).toBe("backfill");
  expect(valueLabel("topology.nodes.count", "4")).toBe("nodes.count 4");
  expect(valueLabel("scheduler.policy.x", "true")).toBe("policy.x true");
  expect(valueLabel("topology", `{"a":"${"b".repeat(50)}"}`)).toHaveLength("topology ".length + 40);
});

test("groups are named by the axes that vary between them and not within them", () => {
  const [a, b, c, d] = [
    tuple("backfill", "2", "1"),
    tuple("backfill", "2", "2"),
    tuple("builtin", "2", "1"),
    tuple("builtin", "2", "2"),
  ];
  expect(varyingAxes([a, b, c, d])).toEqual(["scheduler", "workload.seed"]);
  expect(
    groupLabels(
      [
        [a, b],
        [c, d],
      ],
      () => "none",
    ),
  ).toEqual(["backfill", "builtin"]);
  expect(groupLabels([[a, b, c, d]], () => "the only one")).toEqual(["the only one"]);
});

test("groups that no axis tells apart have their fallbacks, and a number where these are alike", () => {
  const [a, b] = [tuple("backfill", "2", "1"), tuple("backfill", "2", "2")];
  expect(groupLabels([[a], [a], [b]], (group) => `g${Math.min(group, 1)}`)).toEqual([
    "workload.seed 1 · g0",
    "workload.seed 1 · g1",
    "workload.seed 2",
  ]);
  expect(groupLabels([[a], [a]], () => "same")).toEqual(["same (1)", "same (2)"]);
});
