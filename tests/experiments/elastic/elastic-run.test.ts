import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ElasticRun } from "../../../experiments/elastic/elastic-run";
import { elasticSchema } from "../../../spec/elastic";
import type { DecisionRecord, NodeEventRecord, SupplyRecord } from "../../../store/elastic-record";
import { oneCoreJob } from "../one-core-job";
import { answer, bookOf } from "../run/book-fixture";
import { fakeHandle } from "../run/fake-slurm";
import { FakeMembership, FakeProvisioner } from "./fake-membership";

const names = ["node01", "node02", "node03"];
const wait = { timeout: 4_000, interval: 5 };

/** A run on three nodes of two cores, the pool of which begins with one. */
function scene() {
  const one = fakeHandle(1);
  const [controller, node] = one.cluster.nodes;
  if (controller === undefined || node === undefined) throw new Error("no node");
  const policy = { kind: "pressure", coolDown: 0, idle: 0 };
  const elastic = elasticSchema.parse({ min: 1, max: 3, policy });
  const handle = {
    ...one,
    spec: {
      ...one.spec,
      topology: { ...one.spec.topology, nodes: { ...one.spec.topology.nodes, count: 1, elastic } },
    },
    cluster: {
      ...one.cluster,
      nodes: [controller, ...names.map((name) => ({ ...node, name }))],
      partitions: [{ name: "nodes", nodes: names }],
    },
  };
  const membership = new FakeMembership(names);
  const provisioner = new FakeProvisioner();
  const jobs = Array.from({ length: 4 }, (_, index) => oneCoreJob({ id: index + 1, cores: 2 }));
  const { book } = bookOf(...jobs);
  const events: NodeEventRecord[] = [];
  const supply: SupplyRecord[] = [];
  const decisions: DecisionRecord[] = [];
  const warnings: string[] = [];
  const failures: unknown[] = [];
  const run = new ElasticRun({
    handle,
    membership,
    provisioners: { of: () => provisioner, back: provisioner },
    book,
    directory: {
      nodeEvent: (record) => events.push(record),
      supply: (record) => supply.push(record),
      decision: (record) => decisions.push(record),
    },
    logger: { info: () => {}, warn: (text: unknown) => warnings.push(String(text)) },
    onFailure: (error) => failures.push(error),
    back: { retryMs: 1, patienceMs: 20 },
  });
  onTestFinished(async () => {
    await run.end();
    expect(failures).toEqual([]);
  });
  return { run, membership, provisioner, book, events, supply, decisions, warnings };
}

const states = (membership: FakeMembership) => names.map((name) => membership.state(name));

describe("the pools of a run", () => {
  test("begin with their number of nodes, and say which are away and what is left", async () => {
    const { run, membership, events, supply } = scene();
    expect(run.progress()).toBeUndefined();
    await run.begin();
    expect(states(membership)).toEqual(["schedulable", "down", "down"]);
    expect(events.map(({ node, event, detail }) => [node, event, detail])).toEqual([
      ["node02", "left", "away at the start of the run"],
      ["node03", "left", "away at the start of the run"],
    ]);
    expect(supply.map(({ cores, source }) => [cores, source])).toEqual([[2, "scheduler"]]);
    expect(run.progress()).toEqual({ schedulable: 1, total: 3 });
  });

  test("follow the queue, and keep every change of the supply", async () => {
    const { run, membership, book, supply, decisions } = scene();
    await run.begin();
    membership.set("node01", { jobs: 1 });
    for (const id of [1, 2, 3]) book.answered(id, { ...answer, schedulerJob: String(id) });
    await vi.waitFor(() => expect(supply.at(-1)?.cores).toBe(6), wait);
    expect(decisions[0]).toMatchObject({ queuedCores: 6, join: ["node02", "node03"] });
    for (const id of [1, 2, 3]) book.lost(id, "test");
    await vi.waitFor(() => expect(supply.at(-1)?.cores).toBe(2), wait);
  });

  test("are all there again at the end, and nothing of that is kept", async () => {
    const { run, membership, events, supply, warnings } = scene();
    await run.begin();
    const before = [events.length, supply.length];
    await run.end();
    expect(states(membership)).toEqual(["schedulable", "schedulable", "schedulable"]);
    expect([events.length, supply.length]).toEqual(before);
    await run.end();
    expect(warnings).toEqual([]);
  });

  test("are left as they are when another run has the cluster", async () => {
    const { run, membership, book } = scene();
    await run.begin();
    await run.leave();
    expect(states(membership)).toEqual(["schedulable", "down", "down"]);
    membership.set("node01", { jobs: 1 });
    for (const id of [1, 2, 3]) book.answered(id, { ...answer, schedulerJob: String(id) });
    await run.end();
    expect(states(membership)).toEqual(["schedulable", "down", "down"]);
  });

  test("are all there again when the run is stopped while they shrink", async () => {
    const { run, membership } = scene();
    // A job of somebody's keeps the node.
    membership.set("node03", { jobs: 1 });
    run.begin().catch(() => {});
    await vi.waitFor(() => expect(membership.state("node03")).toBe("draining"), wait);
    await run.end();
    expect(states(membership)).toEqual(["schedulable", "schedulable", "schedulable"]);
  });

  test("have the node named that did not come back", async () => {
    const { run, membership, warnings } = scene();
    await run.begin();
    membership.before = (act, node) => {
      if (act === "join" && node === "node03") throw new Error("it is broken");
    };
    await run.end();
    expect(warnings).toEqual(["node03 did not come back; the next run tries again"]);
  });
});
