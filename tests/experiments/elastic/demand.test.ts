import { describe, expect, test } from "vitest";
import { coresTaken, Demand } from "../../../experiments/elastic/demand";
import { liveCluster } from "../../../experiments/run/live-cluster";
import { planCluster } from "../../../infra/plan";
import { elasticSchema } from "../../../spec/elastic";
import { schedulerNodes } from "../../../spec/emulated";
import { parseSpec } from "../../../spec/parse";
import type { WorkloadJob } from "../../../workloads/job";
import { oneCoreJob } from "../one-core-job";
import { answer, bookOf, outcome } from "../run/book-fixture";
import { fakeHandle } from "../run/fake-slurm";
import { handleNode } from "../schedulers/kubernetes/nodes";

const pools = { fixed: { count: 1 }, gpu: { count: 1 } };
const cluster = {
  schedulerNodes: schedulerNodes({ nodes: { count: 2 }, pools }, [
    handleNode({ name: "node01", vcpus: 4, memoryMiB: 4096 }),
    handleNode({ name: "node02", vcpus: 4, memoryMiB: 4096 }),
    handleNode({ name: "fixed01", pool: "fixed", vcpus: 4, memoryMiB: 4096 }),
    handleNode({ name: "gpu01", pool: "gpu", vcpus: 4, memoryMiB: 4096, gpus: 2 }),
  ]),
  partitions: [
    { name: "nodes", nodes: ["node01", "node02"] },
    { name: "fixed", nodes: ["fixed01"] },
    { name: "gpu", nodes: ["gpu01"] },
    { name: "mixed", nodes: ["fixed01", "gpu01"] },
    { name: "all", nodes: ["fixed01", "gpu01", "node01", "node02"] },
  ],
  elastic: new Map(["nodes", "gpu"].map((pool) => [pool, elasticSchema.parse({ max: 2 })])),
};

/** A cluster as a run has it whose scheduler makes a partition over all nodes beside those of the pools. */
function withOwnPartition() {
  const shape = { count: 1, profile: "cpu2-512m" };
  const elastic = { min: 1, max: 2 };
  const spec = parseSpec({
    topology: {
      nodes: { ...shape, elastic },
      pools: { fixed: shape, more: { ...shape, elastic } },
    },
    scheduler: { kind: "slurm", policy: { preemption: { type: "partition" } } },
  });
  const plan = planCluster(spec, { stack: "test" });
  const handle = fakeHandle(1);
  const nodes = plan.nodes.map(({ name, role, pool, vcpus, memoryMiB }) =>
    handleNode({ name, role, pool, vcpus, memoryMiB }),
  );
  const partitions = plan.partitions.map((part) => ({ ...part, nodes: [...part.nodes] }));
  return liveCluster({ ...handle, spec, cluster: { ...handle.cluster, nodes, partitions } });
}

/** A book of these jobs, whose changes a demand of two elastic pools follows. */
function followed(...jobs: WorkloadJob[]) {
  return followedOn(cluster, ...jobs);
}

function followedOn(nodes: ConstructorParameters<typeof Demand>[0], ...jobs: WorkloadJob[]) {
  const { book } = bookOf(...jobs);
  const demand = new Demand(nodes);
  const changed: string[] = [];
  book.subscribe((change) => {
    changed.push(...demand.change(change));
  });
  const wrapper = (event: "start" | "end", at: number, nodes = "node01") => {
    const job = { job: 1, schedulerJob: "41", nodes, nodeCores: "2" };
    book.wrapper({ ...job, event, at, exitCode: event === "end" ? 0 : null });
  };
  return { book, demand, changed, wrapper };
}

const twoCores = oneCoreJob({ cores: 2 });
const none = { queuedCores: 0, runningCores: 0 };

describe("what the jobs want of a pool", () => {
  test("begins when the scheduler has accepted a job, and ends with the job", () => {
    const { book, demand, changed, wrapper } = followed(twoCores);
    book.plan({ startAt: 0, factor: 1 });
    expect(demand.of("nodes")).toEqual(none);
    book.answered(1, answer);
    expect(demand.of("nodes")).toEqual({ queuedCores: 2, runningCores: 0 });
    wrapper("start", 2000);
    expect(demand.of("nodes")).toEqual({ queuedCores: 0, runningCores: 2 });
    wrapper("end", 3000);
    expect(demand.of("nodes")).toEqual(none);
    book.outcome(outcome);
    expect(demand.of("nodes")).toEqual(none);
    expect(changed).toEqual(["nodes", "nodes", "nodes"]);
  });

  test("is that of every elastic pool of its partition while it waits", () => {
    const jobs = ["gpu", "mixed", "fixed", "all", undefined].map((partition, index) =>
      oneCoreJob({ id: index + 1, ...(partition === undefined ? {} : { partition }) }),
    );
    const { book, demand } = followed(...jobs);
    for (const { id } of jobs) book.answered(id, { ...answer, schedulerJob: String(id) });
    expect(demand.of("gpu").queuedCores).toBe(3);
    expect(demand.of("nodes").queuedCores).toBe(2);
    expect(demand.of("fixed")).toEqual(none);
  });

  test.each([
    ["gpu01", [0, 2]],
    ["node[01-02]", [2, 0]],
    ["fixed01", [0, 0]],
    ["elsewhere", [2, 2]],
  ])("is that of the pools that it is on while it runs: %s", (nodes, cores) => {
    const { book, demand, changed, wrapper } = followed({ ...twoCores, partition: "all" });
    book.answered(1, answer);
    expect(changed).toEqual(["nodes", "gpu"]);
    wrapper("start", 2000, nodes);
    const running = ["nodes", "gpu"].map((pool) => demand.of(pool).runningCores);
    expect(running).toEqual(cores);
    expect(demand.of("nodes").queuedCores + demand.of("gpu").queuedCores).toBe(0);
    wrapper("end", 3000, nodes);
    expect([demand.of("nodes"), demand.of("gpu")]).toEqual([none, none]);
  });

  test("is that of every elastic pool where the partition is the scheduler's own, over all nodes", () => {
    const live = withOwnPartition();
    expect(live.partitions.map(({ name }) => name)).toEqual(["nodes", "fixed", "more"]);
    const jobs = [1, 2].map((id) => oneCoreJob({ id, cores: 2, partition: "urgent" }));
    const { book, demand, wrapper } = followedOn(live, ...jobs);
    book.answered(1, answer);
    book.answered(2, { ...answer, schedulerJob: "42" });
    const waiting = { queuedCores: 4, runningCores: 0 };
    expect(["nodes", "fixed", "more"].map((pool) => demand.of(pool))).toEqual([
      waiting,
      none,
      waiting,
    ]);
    expect(demand.widest("more")).toBe(1);
    wrapper("start", 2000, "more01");
    expect(demand.of("more")).toEqual({ queuedCores: 2, runningCores: 2 });
    expect(demand.of("nodes")).toEqual({ queuedCores: 2, runningCores: 0 });
    wrapper("end", 3000, "more01");
    expect(demand.of("more")).toEqual({ queuedCores: 2, runningCores: 0 });
  });

  test("has the cores that others cannot use for want of memory or accelerators", () => {
    // Seven eighths of a node's memory are for jobs: 3584 MiB of four cores.
    const [node, gpuNode] = ["node01", "gpu01"].map((name) =>
      cluster.schedulerNodes.find((known) => known.name === name),
    );
    if (node === undefined || gpuNode === undefined) throw new Error("no node");
    const taken = (cores: number, memoryMiB: number | null, gpus = 0, on = node) =>
      coresTaken({ cores, memoryMiB, gpus }, on);
    expect(taken(4, null)).toBe(4);
    expect(taken(4, 4 * 896)).toBe(4);
    expect(taken(3, 3 * 1024)).toBe(4);
    expect(taken(4, 4 * 3072)).toBe(16);
    expect(taken(1, 1024)).toBeCloseTo(4 / 3);
    // More than a node has: it never runs there.
    expect(taken(1, 5000)).toBe(4);
    expect(taken(1, null, 1, gpuNode)).toBe(2);
    expect(taken(2, null, 2, gpuNode)).toBe(4);
    const jobs = [4 * 3072, 1024, 1024, 1024].map((memoryMiB, index) =>
      oneCoreJob({ id: index + 1, cores: index === 0 ? 4 : 1, memoryMiB }),
    );
    const { book, demand } = followed(...jobs);
    const cores = jobs.map(({ id }) => {
      book.answered(id, { ...answer, schedulerJob: String(id) });
      return demand.of("nodes").queuedCores;
    });
    // Three of the small ones fit on one node.
    expect(cores).toEqual([16, 18, 19, 20]);
    for (const { id } of jobs) book.lost(id, "gone");
    expect(demand.of("nodes")).toEqual(none);
  });

  test("has the nodes that the widest of the waiting jobs needs at once", () => {
    const jobs = [
      oneCoreJob({ id: 1, cores: 2, nodes: 2 }),
      oneCoreJob({ id: 2, cores: 9 }),
      oneCoreJob({ id: 3, cores: 2, nodes: 2 }),
      oneCoreJob({ id: 4 }),
    ];
    const { book, demand, wrapper } = followed(...jobs);
    const widest = [0, 2, 1, 3].map((index) => {
      const id = jobs[index]?.id ?? 0;
      book.answered(id, { ...answer, schedulerJob: id === 1 ? "41" : String(id) });
      return demand.widest("nodes");
    });
    expect(widest).toEqual([2, 2, 3, 3]);
    book.lost(2, "gone");
    expect(demand.widest("nodes")).toBe(2);
    wrapper("start", 2000, "node[01-02]");
    expect(demand.widest("nodes")).toBe(2);
    book.lost(3, "gone");
    expect(demand.widest("nodes")).toBe(1);
    book.lost(4, "gone");
    expect([demand.widest("nodes"), demand.widest("gpu")]).toEqual([0, 0]);
  });

  test("does not count a job that was refused or lost", () => {
    const { book, demand } = followed(twoCores, oneCoreJob({ id: 2 }));
    book.answered(1, { ...answer, schedulerJob: null, error: "no" });
    book.answered(2, answer);
    book.lost(2, "gone");
    expect(demand.of("nodes")).toEqual(none);
  });

  test("is not touched by what the node of a former attempt tells late, nor by the answer", () => {
    const { book, demand, wrapper } = followed(twoCores);
    book.answered(1, answer);
    wrapper("start", 2000);
    book.moment({ job: 1, schedulerJob: "41", event: "end", at: 3000, former: true });
    wrapper("end", 2900);
    expect(demand.of("nodes")).toEqual({ queuedCores: 2, runningCores: 0 });
    book.answered(1, answer);
    expect(demand.of("nodes")).toEqual({ queuedCores: 2, runningCores: 0 });
    wrapper("start", 4000);
    expect(demand.of("nodes")).toEqual({ queuedCores: 0, runningCores: 2 });
    wrapper("end", 5000);
    expect(demand.of("nodes")).toEqual(none);
  });

  test("goes on when a job is put back into the queue, until it has run again", () => {
    const { book, demand, wrapper } = followed(twoCores);
    const moment = { job: 1, schedulerJob: "41", event: "end", at: 3000, former: true } as const;
    book.answered(1, answer);
    wrapper("start", 2000);
    wrapper("end", 2900);
    book.moment(moment);
    expect(demand.of("nodes")).toEqual({ queuedCores: 2, runningCores: 0 });
    wrapper("start", 4000);
    expect(demand.of("nodes")).toEqual({ queuedCores: 0, runningCores: 2 });
    // The record of the first attempt comes late.
    book.moment(moment);
    expect(demand.of("nodes")).toEqual({ queuedCores: 0, runningCores: 2 });
    wrapper("end", 5000);
    expect(demand.of("nodes")).toEqual(none);
  });
});
