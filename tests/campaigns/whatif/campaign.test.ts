import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planCampaign } from "../../../campaigns/plan/plan";
import {
  contentName,
  sidesOfPlan,
  usersRedrawn,
  whatIfCampaign,
} from "../../../campaigns/whatif/campaign";
import { parseChange } from "../../../campaigns/whatif/change";
import { configurationsOf } from "../../../campaigns/whatif/configurations";
import { parseSpec } from "../../../spec/parse";
import { propertyRuns } from "../../property-runs";

const stack = {
  topology: { nodes: { profile: "cpu2-512m", count: 2 } },
  workload: { kind: "lublin", jobs: 5, users: { count: 2 } },
};

function question(change: string, further: object = {}) {
  return configurationsOf({
    ...{ stack: { ...stack, ...further }, trace: null, otherStack: null, config: null },
    ...{ otherConfig: null, files: "/files", store: null, changes: [parseChange(change)] },
  });
}

const policy = question("scheduler.policy.sched.type=builtin");
const extent = { resamples: 3, repeats: 2, keep: false };

describe("the campaign of a question", () => {
  test("has both configurations on the same draws of the jobs, on one cluster where the policy varies", async () => {
    const plan = await planCampaign(whatIfCampaign(policy, "knob", extent), []);
    expect(plan.runs).toHaveLength(12);
    expect(plan.clusters).toHaveLength(1);
    expect(plan.tuples.map(({ label }) => label)).toEqual([
      ...["now, 1", "now, 2", "now, 3", "changed, 1", "changed, 2", "changed, 3"],
    ]);
    const sides = sidesOfPlan(plan);
    expect([sides.now.length, sides.changed.length]).toEqual([3, 3]);
    const cluster = question("topology.nodes.count=3");
    const two = await planCampaign(whatIfCampaign(cluster, "knob", extent), []);
    expect(two.clusters).toHaveLength(2);
  });

  test("without draws has the jobs as they are", async () => {
    const plan = await planCampaign(
      whatIfCampaign(policy, "knob", { ...extent, resamples: 0 }),
      [],
    );
    expect(plan.runs).toHaveLength(4);
    expect(JSON.stringify(plan.tuples[0]?.spec.workload)).not.toContain("resample");
  });

  test("with an accelerated clock has a control, which is on neither side", async () => {
    const fast = question("scheduler.policy.sched.type=builtin", {
      topology: { nodes: { emulated: { perDomain: 10, cores: 4, memory: "4GiB" } } },
      workload: { ...stack.workload, body: "hold" },
      run: { clock: { accelerated: 10 } },
    });
    const plan = await planCampaign(whatIfCampaign(fast, "knob", extent), []);
    const control = plan.tuples.filter(({ axes }) => axes.configuration === "control");
    expect(control.map(({ spec }) => spec.run.clock)).toEqual([undefined]);
    const { now, changed } = sidesOfPlan(plan);
    expect([...now, ...changed]).not.toContain(control[0]?.hash);
    expect(plan.tuples).toHaveLength(7);
  });

  test("has a name by what is compared, however often and on however many draws", async () => {
    const nameOf = async (asked: typeof policy, repeats: number) =>
      contentName(await planCampaign(whatIfCampaign(asked, "whatif", { ...extent, repeats }), []));
    const one = { ...extent, resamples: 1 };
    const first = contentName(await planCampaign(whatIfCampaign(policy, "whatif", one), []));
    expect(first).toMatch(/^whatif-[0-9a-f]{8}$/);
    expect(contentName(await planCampaign(whatIfCampaign(policy, "other", one), []))).toBe(first);
    expect(await nameOf(policy, 1)).toBe(await nameOf(policy, 5));
    const other = question("scheduler.policy.sched.interval=7");
    expect(contentName(await planCampaign(whatIfCampaign(other, "whatif", one), []))).not.toBe(
      first,
    );
  });

  test("says whose names each draw gives to others", () => {
    const redrawn = (...workloads: object[]) =>
      usersRedrawn({
        tuples: workloads.map((workload) => ({
          ...{ hash: "", axes: {}, label: "", workload: { jobs: 1, seconds: 1, notes: [] } },
          spec: parseSpec({ workload: { kind: "trace", jobs: 5, ...workload } }),
        })),
      });
    const drawn = { resample: { method: "users", number: 1 } };
    const names = { ann: "user01" };
    expect(redrawn({})).toBe("nobody");
    expect(redrawn({ resample: { method: "users", number: 0 } })).toBe("nobody");
    expect(redrawn({ resample: { method: "shake", number: 1 } })).toBe("nobody");
    expect(redrawn(drawn)).toBe("all");
    expect(redrawn({ ...drawn, users: { names: {} } })).toBe("all");
    expect(redrawn({ ...drawn, users: { mapping: "by-job" } })).toBe("all");
    expect(redrawn({ ...drawn, users: { names } })).toBe("unnamed");
  });

  test("has each pair of draw and configuration as often as asked, whatever the numbers", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 4 }),
        async (resamples, repeats) => {
          const document = whatIfCampaign(policy, "knob", { resamples, repeats, keep: false });
          const plan = await planCampaign(document, []);
          const { now, changed } = sidesOfPlan(plan);
          for (const hashes of [now, changed]) {
            expect(new Set(hashes).size).toBe(resamples);
            for (const hash of hashes) {
              expect(plan.runs.filter(({ tuple }) => tuple.hash === hash)).toHaveLength(repeats);
            }
          }
          expect(plan.runs).toHaveLength(2 * resamples * repeats);
        },
      ),
      { numRuns: propertyRuns(20) },
    );
  });
});
