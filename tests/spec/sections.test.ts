import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSpec } from "../../spec/parse";
import { SpecError } from "../../spec/problems";
import { joinSections, type ReadSections, readSection } from "../../spec/sections";
import { propertyRuns } from "../property-runs";

const mixture = fc.record(
  {
    topology: fc.constantFrom(
      { nodes: { count: 3 } },
      { nodes: { count: 0, proflie: "cpu1" } },
      { network: { cidr: "10.1.2.3/24" }, pools: { gpu: { count: 2 } } },
      "small",
    ),
    scheduler: fc.constantFrom(
      { kind: "slurm", policy: { preemption: { type: "qos", users: ["user09"] } } },
      { kind: "kubernetes", policy: { sched: {} } },
      { kind: "nothing" },
      { policy: { priority: { type: "multifactor", shares: { user07: 2 } } } },
    ),
    workload: fc.constantFrom(
      { users: { partitions: { user01: "gpu" } } },
      { kind: "mixed", components: { a: { share: 0.4 } } },
      { runtime: { min: 9, max: 3 }, seed: "many" },
      [1],
    ),
    run: fc.constantFrom({ deadline: 60 }, { deadline: 1, extra: true }, null),
    image: fc.constantFrom({ packages: "x" }, { packages: "" }, {}),
  },
  { requiredKeys: [] },
);

function separately(tuple: Readonly<Record<string, unknown>>) {
  const read: ReadSections = {
    topology: readSection("topology", tuple.topology),
    scheduler: readSection("scheduler", tuple.scheduler),
    workload: readSection("workload", tuple.workload),
    run: readSection("run", tuple.run),
    image: readSection("image", tuple.image),
  };
  return joinSections(read);
}

function together(tuple: unknown) {
  try {
    return { spec: parseSpec(tuple), problems: [] };
  } catch (error) {
    if (error instanceof SpecError) return { problems: error.problems };
    throw error;
  }
}

describe("a tuple read by its sections", () => {
  test("has the same specification and the same problems as one that is read whole", () => {
    fc.assert(
      fc.property(mixture, (tuple) => {
        const { spec, problems } = separately(tuple);
        const whole = together(tuple);
        expect([...problems].sort(byText)).toEqual([...whole.problems].sort(byText));
        if (whole.problems.length === 0) expect(spec).toEqual(whole.spec);
      }),
      { numRuns: propertyRuns(400) },
    );
  });
});

function byText(a: object, b: object): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
