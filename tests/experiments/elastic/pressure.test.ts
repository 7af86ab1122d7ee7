import { describe, expect, test } from "vitest";
import {
  decide,
  noMemory,
  type PolicyNode,
  type PoolRules,
} from "../../../experiments/elastic/pressure";
import { minute, seen } from "./observation";

const rules: PoolRules = {
  min: 1,
  max: 4,
  leaving: "finish",
  policy: {
    kind: "pressure",
    scaleOutAbove: 1,
    scaleInBelow: 1,
    coolDown: 5,
    idle: 15,
    step: 64,
  },
};

function node(name: string, phase: PolicyNode["phase"], more: Partial<PolicyNode> = {}) {
  return { name, cores: 2, phase, jobs: 0, idleSince: null, blockedUntil: null, ...more };
}

/** Nodes n1, n2, …; those that are here are idle since the beginning of time. */
function nodes(...phases: (PolicyNode["phase"] | Partial<PolicyNode>)[]): PolicyNode[] {
  return phases.map((given, index) => {
    const more = typeof given === "string" ? { phase: given } : given;
    const idle = more.phase === "here" && !more.jobs ? { idleSince: 0 } : {};
    return node(`n${index + 1}`, "here", { ...idle, ...more });
  });
}

const busy = { phase: "here", jobs: 1 } as const;

describe("the pressure of the queue", () => {
  test("calls as many nodes as the waiting jobs need, and no more", () => {
    const all = nodes(busy, "away", "away", "away");
    expect(decide(rules, seen(3, 2, all), noMemory).join).toEqual(["n2", "n3"]);
    expect(decide(rules, seen(100, 2, all), noMemory).join).toEqual(["n2", "n3", "n4"]);
    expect(decide(rules, seen(0, 2, all), noMemory).join).toEqual([]);
  });

  test("counts nodes that are joining as supply", () => {
    const all = nodes(busy, "joining", "away", "away");
    expect(decide(rules, seen(2, 2, all), noMemory).join).toEqual([]);
    expect(decide(rules, seen(3, 2, all), noMemory).join).toEqual(["n3"]);
  });

  test("lets a threshold above one keep jobs waiting, and one below one keep nodes spare", () => {
    const all = nodes(busy, "away", "away", "away");
    const above = (scaleOutAbove: number) =>
      decide({ ...rules, policy: { ...rules.policy, scaleOutAbove } }, seen(2, 2, all), noMemory);
    expect(above(2).join).toEqual([]);
    expect(above(0.5).join).toEqual(["n2", "n3", "n4"]);
  });

  test("calls the nodes that the widest waiting job needs, however few cores it takes", () => {
    const all = nodes("here", "away", "away", "away");
    const called = (width: number) => decide(rules, seen(2, 0, all, width), noMemory).join;
    expect([1, 3, 9].map(called)).toEqual([[], ["n2", "n3"], ["n2", "n3", "n4"]]);
    const patient = { ...rules, policy: { ...rules.policy, scaleOutAbove: 2 } };
    expect(decide(patient, seen(4, 0, all, 2), noMemory).join).toEqual(["n2"]);
    // Nor do they go while it waits for one that is busy.
    const there = nodes(busy, "here", "away", "away");
    expect(decide(rules, seen(0, 1, there, 2), noMemory)).toMatchObject({ join: [], leave: [] });
    expect(decide(rules, seen(0, 1, there), noMemory).leave).toEqual(["n2"]);
  });

  test("fills a pool below its least step by step, without a cool-down between", () => {
    const step = { ...rules, min: 3, policy: { ...rules.policy, step: 1 } };
    const first = decide(step, seen(0, 0, nodes("away", "away", "away", "away")), noMemory);
    expect(first).toMatchObject({ join: ["n1"], lookAgainAt: minute + 1 });
    const there = nodes("joining", "joining", "away", "away");
    const last = decide(step, seen(0, 0, there), first.memory);
    expect(last).toMatchObject({ join: ["n3"], lookAgainAt: minute + 5_000 });
  });

  test("adds at most a step at a time, and looks again when it has cooled down", () => {
    const all = nodes(busy, "away", "away", "away");
    const step = { ...rules, policy: { ...rules.policy, step: 1 } };
    const first = decide(step, seen(10, 2, all), noMemory);
    expect(first).toMatchObject({ join: ["n2"], lookAgainAt: minute + 5_000 });
    const now = nodes(busy, "joining", "away", "away");
    const soon = { ...seen(10, 2, now), at: minute + 4_999 };
    expect(decide(step, soon, first.memory)).toMatchObject({
      join: [],
      lookAgainAt: minute + 5_000,
    });
    const then = { ...soon, at: minute + 5_000 };
    expect(decide(step, then, first.memory).join).toEqual(["n3"]);
  });

  test("calls a node that was given up only after its back-off, and others before that", () => {
    const blocked = { phase: "away", blockedUntil: minute + 1_000 } as const;
    const all = nodes(busy, blocked, "away");
    const pool = { ...rules, max: 3 };
    expect(decide(pool, seen(2, 2, all), noMemory).join).toEqual(["n3"]);
    const only = nodes(busy, blocked);
    const waits = decide({ ...rules, max: 2 }, seen(2, 2, only), noMemory);
    expect(waits).toMatchObject({ join: [], lookAgainAt: minute + 1_000 });
    const later = { ...seen(2, 2, only), at: minute + 1_000 };
    expect(decide({ ...rules, max: 2 }, later, noMemory).join).toEqual(["n2"]);
  });

  test("fills a pool that fell below its least at once, whatever was decided a moment ago", () => {
    const memory = { ...noMemory, outAt: minute - 1 };
    const all = nodes("away", "away", "away");
    expect(decide(rules, seen(0, 0, all), memory).join).toEqual(["n1"]);
  });
});

describe("nodes leave", () => {
  test("from the end, once they have been idle for long enough", () => {
    const all = nodes(busy, "here", "here", "here");
    expect(decide(rules, seen(0, 2, all), noMemory).leave).toEqual(["n4", "n3", "n2"]);
    const fresh = nodes(
      busy,
      { phase: "here", idleSince: minute - 14_999 },
      { phase: "here", idleSince: minute - 10_000 },
    );
    expect(decide(rules, seen(0, 2, fresh), noMemory)).toMatchObject({
      leave: [],
      lookAgainAt: minute + 1,
    });
  });

  test("but not below the least, nor where those that stay would be short", () => {
    expect(decide(rules, seen(0, 0, nodes("here", "here")), noMemory).leave).toEqual(["n2"]);
    expect(decide({ ...rules, min: 0 }, seen(0, 0, nodes("here")), noMemory).leave).toEqual(["n1"]);
    expect(decide(rules, seen(0, 0, nodes("here")), noMemory).leave).toEqual([]);
    const waiting = nodes(busy, "here", "here");
    expect(decide(rules, seen(4, 2, waiting), noMemory).leave).toEqual([]);
    expect(decide(rules, seen(2, 2, waiting), noMemory).leave).toEqual(["n3"]);
  });

  test("again only when the last of them have been let go for as long as the cool-down", () => {
    const all = nodes(busy, "here");
    const memory = { ...noMemory, inAt: minute - 4_999 };
    expect(decide(rules, seen(0, 1, all), memory)).toMatchObject({
      leave: [],
      lookAgainAt: minute + 1,
    });
    const later = { ...seen(0, 1, all), at: minute + 1 };
    expect(decide(rules, later, memory).leave).toEqual(["n2"]);
  });

  test("with jobs on them only where these are requeued, and a surplus has lasted", () => {
    const all = nodes(busy, busy, busy);
    const observed = seen(0, 3, all);
    expect(decide(rules, observed, noMemory).leave).toEqual([]);
    const requeue = { ...rules, leaving: "requeue" } as const;
    const first = decide(requeue, observed, noMemory);
    expect(first).toMatchObject({ leave: [], lookAgainAt: minute + 15_000 });
    const later = { ...observed, at: minute + 15_000 };
    expect(decide(requeue, later, first.memory).leave).toEqual(["n3"]);
  });
});
