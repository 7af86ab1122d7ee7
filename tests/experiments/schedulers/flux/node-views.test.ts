import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { nodesSeen } from "../../../../experiments/schedulers/flux/node-views";

/** What membership.py printed on a live cluster of flux-core 0.88. */
const lines = readFileSync(path.join(__dirname, "nodes.jsonl"), "utf8").trim().split("\n");
const expected = ["node01", "node02", "node03"].map((name) => ({ name, vcpus: 2 }));

describe("the nodes that Flux told of", () => {
  test("ran a job on all, were drained, left and came back, each in its turn", () => {
    const seen = lines.map((line) => nodesSeen(line, expected)?.nodes ?? []);
    expect(seen.map((nodes) => nodes.map(({ state, jobs }) => `${state} ${jobs}`))).toEqual([
      ["schedulable 0", "schedulable 0", "schedulable 0"],
      ["schedulable 1", "schedulable 1", "schedulable 1"],
      ["schedulable 0", "schedulable 0", "schedulable 0"],
      ["schedulable 0", "schedulable 0", "draining 0"],
      ["schedulable 0", "schedulable 0", "down 0"],
      ["schedulable 0", "schedulable 0", "down 0"],
      ["schedulable 0", "schedulable 0", "schedulable 0"],
    ]);
  });

  test("have the moment and the lateness in milliseconds", () => {
    const seen = nodesSeen(lines[1] ?? "", expected);
    expect(seen?.at).toBeCloseTo(1795677056901.8, 1);
    expect(seen?.resolutionMs).toBeCloseTo(0.869, 3);
  });

  test("are down as long as the scheduler does not know yet that they may be used", () => {
    const node = { name: "node01", cores: 2, jobs: 0, online: true, drained: false, usable: false };
    const line = JSON.stringify({ at: 1, late: 0, nodes: [node] });
    expect(nodesSeen(line, expected)?.nodes).toEqual([
      { name: "node01", state: "down", cores: 2, jobs: 0 },
      { name: "node02", state: "absent", cores: 2, jobs: 0 },
      { name: "node03", state: "absent", cores: 2, jobs: 0 },
    ]);
  });
});

test.each(["", "null", '{"at":1}', "Traceback"])("the line %j tells of no nodes", (line) => {
  expect(nodesSeen(line, expected)).toBeNull();
});
