import { describe, expect, it } from "vitest";
import { parseSpec } from "../../spec/parse";
import { SpecError } from "../../spec/problems";

function messages(input: unknown): string[] {
  try {
    parseSpec(input);
  } catch (error) {
    if (error instanceof SpecError) return error.message.split("\n");
    throw error;
  }
  return [];
}

const slurm = (policy: unknown) => ({ scheduler: { kind: "slurm", policy } });

describe("checks between fields", () => {
  it("refuses a network that is not aligned, not usable or too small", () => {
    const cidr = (text: string, count = 2) =>
      messages({ topology: { nodes: { count }, network: { cidr: text } } });
    expect(cidr("10.77.0.0/24", 64)).toEqual([]);
    expect(cidr("10.77.0.5/24")).toEqual([
      'topology.network.cidr: expected 10.77.0.0/24, got "10.77.0.5/24"',
    ]);
    expect(cidr("10.300.0.0/24")).toHaveLength(1);
    expect(cidr("127.0.0.0/24")).toHaveLength(1);
    expect(cidr("10.77.0.0/26", 52)).toEqual([]);
    expect(cidr("10.77.0.0/26", 53)).toEqual([
      "topology.network.cidr: /26 has room for 52 nodes, topology.nodes.count is 53; take a shorter prefix",
    ]);
  });

  it("refuses a QOS or an account that the bootstrap makes itself", () => {
    const preemption = { type: "qos", users: ["user01"] };
    expect(messages(slurm({ qos: { urgent: 1 }, accounts: { workload: 1 }, preemption }))).toEqual([
      'scheduler.policy.accounts.workload: "workload" is the account of jobs that name none, choose another name',
      'scheduler.policy.qos.urgent: "urgent" is the QOS that preempts, choose another name',
    ]);
    expect(messages(slurm({ qos: { urgent: 1, normal: 2 }, accounts: { physics: 1 } }))).toEqual(
      [],
    );
    expect(messages(slurm({ qos: { Long: 1 } }))[0]).toContain("lower-case letters");
  });

  it("names a free block when two pools meet on the same addresses", () => {
    const pools = (second: object) => ({
      topology: { pools: { fat: { block: 3, count: 9 }, thin: { block: 4, ...second } } },
    });
    expect(messages(pools({}))).toEqual([
      'topology.pools.thin.block: the addresses of the pools "fat" and "thin" overlap; set it to 0',
    ]);
    expect(messages(pools({ block: 5 }))).toEqual([]);
  });

  it("refuses a pool that the network has no room for", () => {
    expect(messages({ topology: { network: { cidr: "10.1.0.0/26" }, pools: { a: {} } } })).toEqual([
      'topology.network.cidr: /26 has no room for the 1 nodes of the pool "a"; take a shorter prefix',
    ]);
    expect(messages({ topology: { pools: { a: { block: 23 } } } })).toHaveLength(1);
  });

  it("keeps names that mean something else from pools and partitions", () => {
    expect(messages({ topology: { pools: { controller: {} } } })).toEqual([
      'topology.pools.controller: "controller" is reserved, choose another name',
    ]);
    expect(
      messages({
        topology: { pools: { urgent: {} } },
        ...slurm({ preemption: { type: "partition" } }),
      }),
    ).toHaveLength(1);
  });

  it("refuses a node too small to start, and GPUs on the controller", () => {
    expect(messages({ topology: { nodes: { memory: "64MiB", disk: "1GiB" } } })).toEqual([
      "topology.nodes.memory: expected at least 128MiB, got 64MiB",
      "topology.nodes.disk: expected at least 2GiB, got 1GiB",
    ]);
    expect(messages({ topology: { controller: { gpus: 1 } } })).toEqual([
      "topology.controller.gpus: expected 0, got 1: no job runs on the controller",
    ]);
  });

  it("refuses a link that scaling leaves with less than 1 Mbit/s", () => {
    const network = { fabric: "gigabit", scale: 0.0005 };
    expect(messages({ topology: { network } })).toHaveLength(2);
    expect(messages({ topology: { network: { ...network, scale: 0.001 } } })).toEqual([]);
  });

  it("refuses priority settings without effect", () => {
    const weights = { age: 0, fairshare: 0, jobsize: 0, partition: 0, qos: 0 };
    expect(messages(slurm({ priority: { type: "multifactor", weights } }))).toEqual([
      "scheduler.policy.priority.weights: every weight is 0; raise one, or take priority.type basic",
    ]);
    expect(
      messages(
        slurm({
          priority: { type: "multifactor", weights: { fairshare: 0 }, shares: { user01: 2 } },
        }),
      ),
    ).toEqual([
      "scheduler.policy.priority.shares: shares have no effect while weights.fairshare is 0",
    ]);
  });

  it("refuses users and partitions that do not exist", () => {
    expect(
      messages({
        workload: { kind: "trace", users: { count: 2, partitions: { user03: "nodes" } } },
      }),
    ).toEqual(["workload.users.partitions.user03: no such user, workload.users.count is 2"]);
    expect(
      messages({ workload: { kind: "trace", users: { partitions: { user01: "gpus" } } } }),
    ).toHaveLength(1);
    expect(messages(slurm({ preemption: { type: "qos", users: ["user04"] } }))).toEqual([
      "scheduler.policy.preemption.users.user04: no such user, workload.users.count is 3",
    ]);
  });

  it("refuses to suspend jobs whose memory stays taken", () => {
    const preemption = { type: "partition", mode: "suspend" };
    expect(messages(slurm({ preemption }))).toHaveLength(1);
    expect(messages(slurm({ preemption, select: { parameters: "CR_Core" } }))).toEqual([]);
  });

  it("refuses containers on another host", () => {
    const topology = (domain: string, uri: string) => ({
      topology: { domain, hypervisor: { uri } },
    });
    expect(messages(topology("lxc", "qemu+ssh://root@server/system"))).toHaveLength(1);
    expect(messages(topology("kvm", "qemu+ssh://root@server/system"))).toEqual([]);
    expect(messages(topology("lxc", "qemu:///system"))).toEqual([]);
  });
});
