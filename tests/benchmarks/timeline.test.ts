import { expect, test } from "vitest";
import { answerTime, criticalPath, parseDone } from "../../benchmarks/provision/timeline";

const lines = [
  "@ updating....",
  " +  command:local:Command node01 creating (0s) ",
  " +  command:local:Command node01-host-key created (0.08s) ",
  " +  command:local:Command node01 created (0.29s) ",
  " +  command:local:Command controller created (0.30s) ",
  " +  command:remote:Command slurmctld created (4s) some output",
  " +  command:remote:Command slurmd-node01 created (0.69s) ",
  " +  command:remote:Command ready created (0.08s) ",
  " +  command:local:Command experiment created (63s) {}",
];

test("a finished resource is read with its seconds, other lines are passed over", () => {
  expect(lines.map(parseDone).filter((done) => done !== null)).toHaveLength(7);
  expect(parseDone(lines[3] ?? "")).toEqual({
    type: "command:local:Command",
    name: "node01",
    seconds: 0.29,
  });
});

test("the critical path is the slowest node, the scheduler's steps in order, and the run", () => {
  const done = lines.flatMap((line) => parseDone(line) ?? []);
  const steps = [
    { name: "slurmctld", needs: [] },
    { name: "slurmd-node01", needs: ["slurmctld"] },
    { name: "ready", needs: ["slurmctld", "slurmd-node01"] },
  ];
  const { node, scheduler, run } = criticalPath(done, steps);
  expect(node).toBe(0.3);
  expect(scheduler).toBeCloseTo(4.77);
  expect(run).toBe(63);
});

test("steps beside each other count once: the slowest chain of needs", () => {
  const type = "command:remote:Command";
  const seconds = { plane: 5, volcano: 3, "kubelet-node01": 2, ready: 1 };
  const done = Object.entries(seconds).map(([name, took]) => ({ type, name, seconds: took }));
  const steps = [
    { name: "plane", needs: [] },
    { name: "volcano", needs: ["plane"] },
    { name: "kubelet-node01", needs: ["plane"] },
    { name: "ready", needs: ["volcano", "kubelet-node01"] },
  ];
  expect(criticalPath(done, steps).scheduler).toBe(9);
});

test("the last node counts, and one that never answered leaves no figure", () => {
  expect(answerTime([1, 3, 2])).toBe(3);
  expect(answerTime([1, null])).toBeNull();
});
