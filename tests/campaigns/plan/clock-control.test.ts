import { describe, expect, it } from "vitest";
import { controlProblems } from "../../../campaigns/plan/clock-control";
import { parseSpec } from "../../../spec/parse";

const topology = { nodes: { emulated: { perDomain: 10, cores: 4, memory: "4GiB" } } };

function tuple(scheduler: string, run: object, seed = 1) {
  const workload = { body: "hold", seed };
  return {
    choice: [seed],
    spec: parseSpec({ topology, scheduler: { kind: scheduler }, workload, run }),
  };
}

const fast = { clock: { accelerated: 60 } };

describe("the control of an accelerated clock", () => {
  it("is a tuple that differs in the clock, and in the deadline if need be", () => {
    const control = tuple("slurm", { deadline: 9000 });
    expect(controlProblems([tuple("slurm", fast), tuple("slurm", fast, 2), control])).toEqual([]);
  });

  it("is missed where the real clock runs other jobs, or another scheduler", () => {
    const control = tuple("slurm", {}, 3);
    const problems = controlProblems([tuple("slurm", fast, 1), tuple("flux", fast, 2), control]);
    expect(problems.map(({ choices }) => choices)).toEqual([[[1]], [[2]]]);
    expect(problems[0]?.problem.message).toMatch(/^no tuple of Slurm with an accelerated clock/);
  });

  it("is not asked for where no clock is accelerated", () => {
    expect(controlProblems([tuple("slurm", {})])).toEqual([]);
  });
});
