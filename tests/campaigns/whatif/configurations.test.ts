import { describe, expect, test } from "vitest";
import { parseChange } from "../../../campaigns/whatif/change";
import { configurationsOf, type Question } from "../../../campaigns/whatif/configurations";

const stack = {
  topology: { nodes: { profile: "cpu2-512m", count: 2 } },
  scheduler: { kind: "slurm", policy: { sched: { type: "backfill", interval: 5 } } },
  workload: { kind: "lublin", jobs: 20, users: { count: 2 } },
  run: { deadline: 600, repeat: 3, onUp: false },
};

function configurations(change: Partial<Question>, ...set: string[]) {
  return configurationsOf({
    ...{ stack, trace: null, otherStack: null, config: null, otherConfig: null },
    ...{ files: "/files", store: null, changes: set.map(parseChange) },
    ...change,
  });
}

describe("the two sides of a question", () => {
  test("differ in what is changed, and repeats and time of a run are the comparison's", () => {
    const { now, changed, changes } = configurations(
      {},
      "scheduler.policy.sched.window=2880",
      "schedlab:scheduler.policy.sched.interval=9",
    );
    expect(now).toEqual({ ...stack, run: { deadline: 600 } });
    expect(changed).toEqual({
      ...stack,
      scheduler: {
        kind: "slurm",
        policy: { sched: { type: "backfill", interval: 9, window: 2880 } },
      },
      run: { deadline: 600 },
    });
    expect(changes).toEqual([
      "scheduler.policy.sched.window=2880",
      "scheduler.policy.sched.interval=9",
    ]);
  });

  test("with another type leave what that type does not have", () => {
    const { changed } = configurations({}, "scheduler.policy.sched.type=builtin");
    expect(changed.scheduler).toEqual({ kind: "slurm", policy: { sched: { type: "builtin" } } });
  });

  test("replay a whole log in place of any workload, with the keys that both kinds have", () => {
    const { now, changed } = configurations(
      { trace: "site.sacct" },
      "scheduler.policy.sched.type=builtin",
    );
    const workload = { kind: "trace", file: "site.sacct", jobs: "all", users: { count: 2 } };
    expect([now.workload, changed.workload]).toEqual([workload, workload]);
    const limited = { ...stack, workload: { jobs: 7, timeFactor: 2 } };
    const part = configurations(
      { trace: "site.sacct", stack: limited },
      "scheduler.policy.sched.type=builtin",
    );
    expect(part.now.workload).toEqual({
      kind: "trace",
      file: "site.sacct",
      jobs: 7,
      timeFactor: 2,
    });
  });

  test("share one store", () => {
    const other = { ...stack, scheduler: { kind: "slurm" }, run: { ...stack.run, store: "x" } };
    const { now, changed } = configurations({ otherStack: other, store: "/s.duckdb" });
    expect([now.run, changed.run]).toEqual([
      { deadline: 600, store: "/s.duckdb" },
      { deadline: 600, store: "/s.duckdb" },
    ]);
  });
});

describe("a question is refused", () => {
  test("without a change, or with one that changes nothing", () => {
    expect(() => configurations({})).toThrow("nothing is to be changed");
    expect(() => configurations({}, "scheduler.policy.sched.interval=5")).toThrow(
      "the change changes nothing",
    );
    expect(() => configurations({ otherStack: { ...stack, run: {} } })).toThrow(
      "the two stacks differ in their run",
    );
  });

  test("where the jobs would be others", () => {
    expect(() => configurations({}, "workload.seed=2")).toThrow("changes the workload");
    expect(() => configurations({}, "topology.network.cidr=10.99.0.0/24")).toThrow(
      "changes where the clusters are",
    );
    expect(() => configurations({}, "run.deadline=20")).toThrow("changes the run");
    expect(() =>
      configurations({ otherStack: { ...stack, workload: { kind: "lublin" } } }),
    ).toThrow("the two stacks differ in their workload");
  });

  test("where the value is wrong, with what was expected", () => {
    expect(() => configurations({}, "scheduler.policy.sched.interval=0")).toThrow(
      "scheduler.policy.sched.interval: expected 1..600, got 0",
    );
  });
});
