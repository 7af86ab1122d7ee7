import { describe, expect, test } from "vitest";
import { clusterHash } from "../../../campaigns/plan/hash";
import { CampaignError, planCampaign } from "../../../campaigns/plan/plan";

const roomy = { controller: { memory: "2GiB" }, nodes: { memory: "2GiB" } };
const document = {
  name: "knob",
  base: ["site"],
  parts: {
    site: {
      topology: roomy,
      scheduler: { kind: "slurm", site: { directory: "examples/site" } },
      workload: { kind: "lublin", jobs: 5, body: "hold", users: { count: 4 } },
    },
  },
  axes: {
    "scheduler.site.set.SchedulerParameters": ["bf_window=2880", "bf_window=60"],
    "workload.seed": [1, 2],
  },
};

describe("a campaign over a site's settings", () => {
  test("has a tuple for each, with the site's nodes, on one cluster", async () => {
    const { tuples } = await planCampaign(document, []);
    expect(tuples.map(({ label }) => label)).toEqual([
      ...["bf_window=2880, 1", "bf_window=2880, 2", "bf_window=60, 1", "bf_window=60, 2"],
    ]);
    expect(new Set(tuples.map(({ spec }) => clusterHash(spec))).size).toBe(1);
    expect(new Set(tuples.map(({ hash }) => hash)).size).toBe(4);
    expect(tuples[0]?.spec.topology.nodes.emulated).toMatchObject({ from: "list" });
    const policies = tuples.map(({ spec }) =>
      "sched" in spec.scheduler.policy ? spec.scheduler.policy.sched : null,
    );
    expect(policies[0]).toMatchObject({ window: 2880 });
    expect(policies[2]).toMatchObject({ window: 60 });
  });

  test("is refused with file, line and key of the site", async () => {
    const axes = { "scheduler.site.set.SelectType": ["select/cons_res"] };
    await expect(planCampaign({ ...document, axes }, [])).rejects.toThrow(CampaignError);
    await expect(planCampaign({ ...document, axes }, [])).rejects.toThrow(
      /scheduler.site: scheduler.site.set: SelectType: select\/cons_res/,
    );
  });
});
