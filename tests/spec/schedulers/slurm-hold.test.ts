import { expect, test } from "vitest";
import { parseSpec } from "../../../spec/parse";
import { SpecError } from "../../../spec/problems";

const nodes = { memory: "2GiB", emulated: { perDomain: 10, cores: 8, memory: "8GiB" } };

function problemsOf(preemption: object, body: string): string[] {
  const input = {
    topology: { nodes },
    scheduler: { kind: "slurm", policy: { select: { parameters: "CR_Core" }, preemption } },
    workload: { kind: "poisson", body },
  };
  try {
    parseSpec(input);
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

test.each(["requeue", "suspend"])(
  "a job without a process cannot lose its cores by the mode %s",
  (mode) => {
    expect(problemsOf({ type: "partition", mode }, "hold")).toEqual([
      `scheduler.policy.preemption.mode: expected cancel, got ${mode}: Slurm neither suspends nor requeues a job without a process; take cancel, or workload.body sleep`,
    ]);
    expect(problemsOf({ type: "partition", mode }, "sleep")).toEqual([]);
  },
);

test("it can be cancelled", () => {
  expect(problemsOf({ type: "partition", mode: "cancel" }, "hold")).toEqual([]);
  expect(problemsOf({ type: "off" }, "hold")).toEqual([]);
});
