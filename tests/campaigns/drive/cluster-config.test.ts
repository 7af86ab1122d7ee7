import { describe, expect, test } from "vitest";
import { clusterConfig, handleOfRun } from "../../../campaigns/drive/cluster-config";
import { withRange } from "../../../campaigns/plan/stack-config";
import type { CampaignCluster, PlannedRun, Tuple } from "../../../campaigns/plan/types";
import { type Handle, handleSchema } from "../../../infra/handle";
import { planCluster } from "../../../infra/plan";
import { parseSpec } from "../../../spec/parse";
import { parseStackConfig } from "../../../spec/stack-file";
import { exampleHandle } from "../../infra/example-handle";

const cidr = "10.77.5.0/24";
const hash = "0123456789abcdef".repeat(4);

function tuple(seed: number): Tuple {
  const spec = parseSpec({ workload: { seed }, run: { store: "a.duckdb", onUp: true } });
  const workload = { jobs: 40, seconds: 60, notes: [] };
  return { spec, hash, axes: { "workload.seed": String(seed) }, label: String(seed), workload };
}

const tuples = [tuple(1), tuple(2)];
const cluster: CampaignCluster = {
  ...{ stack: "study-12345678", hash: "cluster", cidr, tuples },
  plan: planCluster(tuple(1).spec, { stack: "study-12345678" }),
};
const run: PlannedRun = { tuple: tuple(2), stack: cluster.stack, repeat: 3, position: 7 };
const context = { campaign: "study", store: "/results/a.duckdb" };

/** As `up` answers to the cluster's configuration. */
function handle(change: Partial<Handle> = {}): Handle {
  const spec = withRange(parseSpec({ run: { store: "a.duckdb" } }), cidr);
  return { ...exampleHandle, experiment: cluster.stack, spec, ...change };
}

describe("a cluster's stack", () => {
  test("is configured with its own range, and up runs nothing on it", () => {
    const spec = parseStackConfig(clusterConfig(cluster, tuple(2)));
    expect(spec.topology.network.cidr).toBe(cidr);
    expect(spec.run).toMatchObject({ onUp: false, repeat: 1, store: "a.duckdb" });
    expect(Object.keys(clusterConfig(cluster, tuple(1))).sort()).toEqual(
      ["run", "scheduler", "topology", "workload"].map((section) => `schedlab:${section}`),
    );
  });
});

describe("the handle of a run", () => {
  test("has the tuple as it was planned, and says which run of the campaign it is", () => {
    const own = handleOfRun(handle(), run, context);
    expect(handleSchema.parse(JSON.parse(JSON.stringify(own)))).toEqual(own);
    expect(own.campaign).toEqual({ name: "study", repeat: 3, position: 7 });
    expect(own.spec.workload.seed).toBe(2);
    expect(own.spec.topology.network.cidr).toBe("10.77.0.0/24");
    expect("onUp" in own.spec.run).toBe(false);
    expect(own).toMatchObject({ tupleHash: hash, store: "/results/a.duckdb" });
    expect(own.cluster).toEqual(exampleHandle.cluster);
  });

  test("is refused where the cluster is another one", () => {
    const spec = withRange(parseSpec({ topology: { nodes: { count: 3 } } }), cidr);
    expect(() => handleOfRun(handle({ spec }), run, context)).toThrow(
      "stack study-12345678 is up with another topology than was planned",
    );
    const builtin = parseSpec({ scheduler: { policy: { sched: { type: "builtin" } } } });
    expect(() => handleOfRun(handle({ spec: withRange(builtin, cidr) }), run, context)).toThrow(
      "another scheduler",
    );
  });
});
