import { expect, test } from "vitest";
import { parseSpec } from "../../../../spec/parse";
import { SpecError } from "../../../../spec/problems";

function problems(topology: object, policy: object = {}): string[] {
  try {
    parseSpec({ topology, scheduler: { kind: "flux", policy } });
  } catch (error) {
    if (error instanceof SpecError) return error.message.split("\n");
    throw error;
  }
  return [];
}

const breathing = (elastic: object = {}) => ({ count: 1, elastic: { max: 3, ...elastic } });
const sched = (queuePolicy: string) => ({ sched: { type: "fluxion", queuePolicy } });

test("nodes may come and go under the default policy, and with sched-simple", () => {
  expect(problems({ nodes: breathing() })).toEqual([]);
  expect(problems({ nodes: breathing() }, { sched: { type: "simple" } })).toEqual([]);
});

test("a pool that sends its jobs back to the queue is refused, wherever it is", () => {
  const elastic = breathing({ leaving: "requeue" });
  const pools = { fat: { ...elastic, profile: "cpu1-512m" } };
  expect(problems({ nodes: elastic, pools })).toEqual([
    expect.stringMatching(/^topology\.nodes\.elastic\.leaving: Flux cannot put .* take finish$/),
    expect.stringMatching(/^topology\.pools\.fat\.elastic\.leaving: /),
  ]);
});

test("fcfs is refused where nodes may be away, and only there", () => {
  expect(problems({ nodes: breathing() }, sched("fcfs"))).toEqual([
    expect.stringMatching(/^scheduler\.policy\.sched\.queuePolicy: .* take easy, /),
  ]);
  expect(problems({ nodes: { count: 3 } }, sched("fcfs"))).toEqual([]);
  for (const policy of ["easy", "conservative", "hybrid"]) {
    expect(problems({ nodes: breathing() }, sched(policy))).toEqual([]);
  }
});

test("no broker may be below one that can leave", () => {
  const topology = { nodes: breathing({ max: 5 }), pools: { fat: { count: 2 } } };
  expect(problems(topology, { fanOut: 6 })).toEqual([
    expect.stringMatching(/^scheduler\.policy\.fanOut: expected at least 7, .* got 6/),
  ]);
  expect(problems(topology, { fanOut: 7 })).toEqual([]);
  expect(problems({ nodes: { count: 7 } }, { fanOut: 2 })).toEqual([]);
});
