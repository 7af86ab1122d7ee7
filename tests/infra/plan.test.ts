import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ClusterPlan, planCluster } from "../../infra/plan";
import { parseSpec } from "../../spec/parse";

function plan(topology: object, stack = "dev"): ClusterPlan {
  return planCluster(parseSpec({ topology }), { stack });
}

/** Topologies whose pools cannot meet: each has a range of blocks of its own. */
const topologies = fc
  .record({
    count: fc.integer({ min: 1, max: 64 }),
    pools: fc.dictionary(
      fc.constantFrom("alpha", "fat", "gpu", "zeta"),
      fc.integer({ min: 1, max: 64 }),
    ),
  })
  .map(({ count, pools }) => ({
    nodes: { count, profile: "cpu1" },
    network: { cidr: "10.90.0.0/16" },
    pools: Object.fromEntries(
      Object.entries(pools).map(([name, size]) => [
        name,
        { count: size, block: 8 * ["alpha", "fat", "gpu", "zeta"].indexOf(name) },
      ]),
    ),
  }));

describe("planCluster", () => {
  it("lays a small cluster out", () => {
    const cluster = plan({ pools: { gpu: { profile: "perlmutter-gpu" } } });
    expect(cluster.name).toBe("schedlab-dev");
    expect(cluster.nodes.map(({ name, role, pool }) => `${name} ${role} ${pool}`)).toEqual([
      "controller controller controller",
      "node01 compute nodes",
      "node02 compute nodes",
      "gpu01 compute gpu",
    ]);
    expect(cluster.partitions).toEqual([
      { name: "nodes", nodes: ["node01", "node02"] },
      { name: "gpu", nodes: ["gpu01"] },
    ]);
    expect(cluster.nodes[1]).toMatchObject({
      domainName: "schedlab-dev-node01",
      address: "10.77.0.11",
      vcpus: 2,
      memoryMiB: 2048,
      gpus: 0,
    });
    expect(cluster.nodes[3]).toMatchObject({ vcpus: 64, memoryMiB: 262_144, gpus: 4 });
    expect(cluster.network).toMatchObject({ gateway: "10.77.0.1", prefix: 24, mode: "isolated" });
  });

  it("prefers overrides to the profile, and the user's own profile to a built-in one", () => {
    const [, node] = plan({
      profiles: { cpu2: { vcpus: 3, memory: "3GiB" } },
      nodes: { memory: "512MiB", gpus: 2 },
    }).nodes;
    expect(node).toMatchObject({ vcpus: 3, memoryMiB: 512, gpus: 2 });
  });

  it("scales bandwidth down and latency up by one factor", () => {
    const [controller, node] = plan({
      network: { fabric: "slingshot-11", scale: 0.01 },
      controller: { network: "unlimited" },
    }).nodes;
    expect(node?.link).toEqual({ bandwidthMbps: 2000, latencyUs: 200 });
    expect(controller?.link).toEqual({ bandwidthMbps: null, latencyUs: null });
  });

  it("gives every node a name, an address and a MAC of its own", () => {
    fc.assert(
      fc.property(topologies, (topology) => {
        const { nodes } = plan(topology);
        for (const key of ["name", "domainName", "address", "mac"] as const) {
          expect(new Set(nodes.map((node) => node[key])).size).toBe(nodes.length);
        }
        for (const { mac } of nodes) expect(mac).toMatch(/^52:54(:[0-9a-f]{2}){4}$/);
      }),
      { numRuns: 20 },
    );
  });

  it("changes no node when nodes or pools are added", () => {
    fc.assert(
      fc.property(topologies, fc.integer({ min: 0, max: 63 }), (topology, more) => {
        const before = plan(topology).nodes;
        const after = plan({
          ...topology,
          nodes: {
            ...topology.nodes,
            count: Math.min(64, topology.nodes.count + more),
          },
          pools: { aaa: { block: 100, count: 3 }, ...topology.pools },
        }).nodes;
        const byName = new Map(after.map((node) => [node.name, node]));
        for (const node of before) expect(byName.get(node.name)).toEqual(node);
      }),
      { numRuns: 20 },
    );
  });

  it("does not depend on the order in which pools are written", () => {
    const gpu = { profile: "perlmutter-gpu" };
    const fat = { profile: "cpu8" };
    expect(plan({ pools: { gpu, fat } })).toEqual(plan({ pools: { fat, gpu } }));
  });

  it("names the bridge within the kernel's 15 characters, apart for every stack", () => {
    const bridges = [
      "dev",
      "Dev",
      "large",
      "a.b",
      "ab",
      `${"x".repeat(90)}1`,
      `${"x".repeat(90)}2`,
    ].map((stack) => plan({}, stack).network.bridge);
    for (const bridge of bridges) expect(bridge).toMatch(/^sl-[a-z0-9]{0,5}-[0-9a-f]{6}$/);
    expect(new Set(bridges).size).toBe(bridges.length);
  });

  it("tells two stacks' MACs apart", () => {
    expect(plan({}, "one").nodes[0]?.mac).not.toBe(plan({}, "two").nodes[0]?.mac);
  });
});
