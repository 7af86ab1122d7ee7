import { describe, expect, test } from "vitest";
import { type CampaignHost, fitHost } from "../../../campaigns/plan/fit";
import { planCampaign } from "../../../campaigns/plan/plan";

const host: CampaignHost = {
  cores: 8,
  memoryMiB: 8192,
  totalMemoryMiB: 16_384,
  freeDiskGiB: 50,
  autoDomain: "lxc",
  inotify: null,
  running: new Set(),
  rangeConflict: () => null,
};

const plan = (...overrides: string[]) =>
  planCampaign(
    {
      name: "x",
      base: ["small"],
      axes: { "topology.nodes.count": [1, 2, 3] },
      parts: {
        small: {
          topology: { controller: { profile: "cpu1" }, nodes: { profile: "cpu1" } },
          workload: { jobs: 3, sizes: { mode: "clip" } },
        },
      },
    },
    overrides,
  );

describe("a campaign on this host", () => {
  test("has as many clusters at once as hold whichever they are", async () => {
    // 2, 3 and 4 vCPUs: the two largest are 7, all three 9.
    expect(fitHost(await plan("clusters=auto"), host)).toMatchObject({ atOnce: 2, problems: [] });
    expect(
      fitHost(await plan("clusters=auto"), { ...host, cores: 9, memoryMiB: 9300 }).atOnce,
    ).toBe(3);
    expect(fitHost(await plan(), host).atOnce).toBe(1);
  });

  test("counts memory and disk of all clusters that are up", async () => {
    const campaign = await plan("clusters=auto");
    expect(fitHost(campaign, { ...host, memoryMiB: 7 * 1024 - 1 }).atOnce).toBe(1);
    expect(fitHost(campaign, { ...host, freeDiskGiB: 4 }).atOnce).toBe(1);
  });

  test("allows what the most careful cluster's overcommit allows", async () => {
    const both = await plan(
      "clusters=auto",
      "topology.overcommit.cores=2,4",
      "topology.nodes.count=3",
    );
    expect(fitHost(both, { ...host, cores: 4 }).atOnce).toBe(2);
    expect(fitHost(both, { ...host, cores: 3 }).atOnce).toBe(1);
  });

  test("refuses containers with more cores than the host under Kubernetes", async () => {
    const large = ["topology.nodes.profile=cpu4", "topology.nodes.count=1", "clusters=1"];
    const wide = { ...host, cores: 3 };
    const overcommit = "topology.overcommit.cores=4";
    const kubernetes = await plan(...large, overcommit, "scheduler=kubernetes");
    expect(fitHost(kubernetes, wide).problems).toEqual([
      expect.stringContaining("4 vCPUs in a single container, node01, under Kubernetes"),
    ]);
    expect(fitHost(kubernetes, { ...wide, autoDomain: "kvm" }).problems).toEqual([]);
    expect(fitHost(await plan(...large, overcommit), wide).problems).toEqual([]);
  });

  test("has no more containers at once than the host's inotify instances allow", async () => {
    // Three for each node: clusters of 6, 9 and 12, of which the two largest are 21.
    const campaign = await plan("clusters=auto");
    const inotify = { limit: 128, used: 107 };
    expect(fitHost(campaign, { ...host, inotify }).atOnce).toBe(2);
    expect(fitHost(campaign, { ...host, inotify: { limit: 128, used: 108 } }).atOnce).toBe(1);
    const none = fitHost(campaign, { ...host, inotify: { limit: 128, used: 120 } });
    expect(none.problems).toEqual([
      expect.stringMatching(
        /inotify: needed are 9 instances in containers, the host has 8 of 128 left for root; raise the limit: sysctl -w fs\.inotify\.max_user_instances=512/,
      ),
      expect.stringContaining("needed are 12 instances"),
    ]);
    expect(fitHost(campaign, { ...host, autoDomain: "kvm", inotify }).atOnce).toBe(2);
  });

  test("says which cluster does not fit, in the words of the check for a single stack", async () => {
    const fit = fitHost(await plan(), { ...host, cores: 3 });
    expect(fit.clusters.map(({ problems }) => problems.length)).toEqual([0, 0, 1]);
    expect(fit.problems).toEqual([
      expect.stringMatching(
        /^x-\w{8}: cores: needed are 4 vCPUs in 4 nodes, the host has 3 cores; take fewer or smaller nodes .* to 1\.4$/,
      ),
    ]);
  });

  test("refuses more clusters at once than it holds, and to keep what it does not", async () => {
    expect(fitHost(await plan("clusters=3"), host).problems).toEqual([
      "clusters: this host holds at most 2 at once, not 3; cores: needed are 9 vCPUs in 9 nodes, the host has 8 cores; memory: needed are 9216 MiB in 9 nodes, the host has 8192 MiB",
    ]);
    expect(fitHost(await plan("keep=true"), host).problems).toEqual([
      expect.stringMatching(/^keep: all 3 clusters would stay up, this host holds 2; cores: /),
    ]);
    expect(fitHost(await plan("clusters=9"), { ...host, cores: 9, memoryMiB: 9216 })).toMatchObject(
      {
        atOnce: 3,
        problems: [],
      },
    );
  });

  test("asks for the range of every cluster", async () => {
    const campaign = await plan();
    const [, second] = campaign.clusters;
    const rangeConflict = (cidr: string, network: string) =>
      network === second?.plan.network.name ? `${cidr} is taken` : null;
    expect(fitHost(campaign, { ...host, rangeConflict }).problems).toEqual([
      `${second?.stack}: ${second?.cidr} is taken`,
    ]);
  });

  test("counts the memory of its own running nodes as free", async () => {
    const campaign = await plan("clusters=auto");
    const domain = campaign.clusters[0]?.plan.nodes[0]?.domainName ?? "";
    const busy = { ...host, memoryMiB: 2100 };
    expect(fitHost(campaign, busy).problems).toHaveLength(2);
    expect(fitHost(campaign, { ...busy, running: new Set([domain]) })).toMatchObject({
      atOnce: 2,
      problems: [],
    });
  });

  test("does not look into the host of a remote hypervisor", async () => {
    const remote = await plan(
      "topology.hypervisor.uri='qemu+ssh://far/system'",
      "topology.domain=kvm",
    );
    expect(fitHost(remote, { ...host, cores: 1 })).toMatchObject({ problems: [], atOnce: 1 });
  });
});
