import { expect, test } from "vitest";
import { parseChange } from "../../../campaigns/whatif/change";

test("a key of the stack is a change with or without the project's name, and its value is YAML", () => {
  const key = { kind: "key", path: "scheduler.policy.sched.window" };
  expect(parseChange("schedlab:scheduler.policy.sched.window=2880")).toEqual({
    ...key,
    text: "scheduler.policy.sched.window=2880",
    value: 2880,
  });
  expect(parseChange("scheduler.policy.sched.window=10")).toMatchObject({ ...key, value: 10 });
  expect(parseChange("topology.nodes.count=[1, 2]")).toMatchObject({ value: [1, 2] });
});

test("anything without a dot is a parameter of the scheduler's, in its own words", () => {
  for (const text of ["SchedulerParameters=bf_window=2880,bf_x=1", "PartitionName=gpu:MaxTime=1"]) {
    expect(parseChange(text)).toEqual({ kind: "parameter", text });
  }
});

test("an unknown key is refused with the nearest spelling", () => {
  expect(() => parseChange("schedlab:scheduler.polcy.sched.type=builtin")).toThrow(
    'scheduler.polcy.sched.type: unknown key polcy in scheduler, did you mean "policy"?',
  );
  expect(() => parseChange("schedlab:shceduler=1")).toThrow('did you mean "scheduler"?');
});

test("what is no single value is refused", () => {
  expect(() => parseChange("bf_window")).toThrow("is no NAME=VALUE");
  expect(() => parseChange("=5")).toThrow("is no NAME=VALUE");
  expect(() => parseChange("topology.nodes.count=1,2")).toThrow("is no single value");
  expect(() => parseChange("schedlab:~topology.nodes.count=1")).toThrow();
});
