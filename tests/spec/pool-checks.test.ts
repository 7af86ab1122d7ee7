import { describe, expect, test } from "vitest";
import { elasticPools, mostNodes } from "../../spec/elastic";
import { parseSpec } from "../../spec/parse";
import { SpecError } from "../../spec/problems";

function messagesOf(input: unknown): string[] {
  try {
    parseSpec(input);
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

const nodes = (elastic: object, count = 1) => ({ topology: { nodes: { count, elastic } } });

describe("an elastic pool", () => {
  test("needs no more than its most nodes", () => {
    const { topology } = parseSpec(nodes({ max: 3 }));
    expect(topology.nodes.elastic).toEqual({
      min: 1,
      max: 3,
      leaving: "finish",
      policy: {
        kind: "pressure",
        scaleOutAbove: 1,
        scaleInBelow: 1,
        coolDown: 5,
        idle: 15,
        step: 64,
      },
      provisioning: { kind: "domain", deadline: 120 },
    });
    expect(mostNodes(topology.nodes)).toBe(3);
    expect([...elasticPools(topology).keys()]).toEqual(["nodes"]);
    expect(messagesOf(nodes({}))).toEqual([
      expect.stringContaining("topology.nodes.elastic.max: "),
    ]);
  });

  test("is refused with min above max, and with a count that is not between them", () => {
    expect(messagesOf(nodes({ min: 4, max: 3 }))).toEqual([
      "topology.nodes.elastic.min: expected at most topology.nodes.elastic.max, 3, got 4",
    ]);
    expect(messagesOf(nodes({ min: 1, max: 3 }, 4))).toEqual([
      "topology.nodes.count: expected 1..3, the sizes of the elastic pool, got 4; it is the number of nodes at the start",
    ]);
    expect(messagesOf(nodes({ min: 2, max: 3 }, 1))).toHaveLength(1);
    expect(messagesOf({ topology: { pools: { gpu: { elastic: { min: 2, max: 1 } } } } })).toEqual([
      "topology.pools.gpu.elastic.min: expected at most topology.pools.gpu.elastic.max, 1, got 2",
    ]);
  });

  test("is refused with thresholds between which its nodes would come and go for ever", () => {
    expect(messagesOf(nodes({ max: 3, policy: { scaleOutAbove: 0.8 } }))).toEqual([
      "topology.nodes.elastic.policy.scaleInBelow: expected at most scaleOutAbove, 0.8, got 1: nodes that left would be called back at once",
    ]);
    expect(
      messagesOf(nodes({ max: 3, policy: { scaleOutAbove: 0.8, scaleInBelow: 0.5 } })),
    ).toEqual([]);
  });

  test("suggests the nearest kind and key", () => {
    expect(messagesOf(nodes({ max: 3, policy: { kind: "presure" } }))).toEqual([
      expect.stringContaining('did you mean "pressure"?'),
    ]);
    expect(messagesOf(nodes({ max: 3, provisioning: { kind: "deamon" } }))).toEqual([
      expect.stringContaining('did you mean "daemon"?'),
    ]);
    expect(messagesOf(nodes({ max: 3, policy: { coolDwn: 3 } }))).toEqual([
      expect.stringContaining('did you mean "coolDown"?'),
    ]);
    // The delay is the daemon's: a domain takes as long as it takes.
    expect(messagesOf(nodes({ max: 3, provisioning: { delay: 3 } }))).toHaveLength(1);
  });

  test("is refused where its daemons would start only after the deadline", () => {
    const daemon = (delay: number, more: object = {}) =>
      messagesOf(nodes({ max: 3, provisioning: { kind: "daemon", delay, ...more } }));
    expect(daemon(119)).toEqual([]);
    expect(daemon(120)).toEqual([
      "topology.nodes.elastic.provisioning.delay: expected less than the deadline, 120 s, got 120: no node would ever be there in time",
    ]);
    expect(daemon(180, { deadline: 300 })).toEqual([]);
  });

  test("leaves its nodes to the scheduler only where that has a policy of its own", () => {
    const native = { topology: nodes({ max: 3, policy: { kind: "native" } }).topology };
    expect(messagesOf(native)).toEqual([]);
    expect(messagesOf({ ...native, scheduler: { kind: "flux" } })).toEqual([
      "topology.nodes.elastic.policy.kind: Flux has no autoscaling of its own here; expected pressure",
    ]);
  });

  test("takes its most nodes' addresses", () => {
    const network = { cidr: "10.77.0.0/26" };
    expect(
      messagesOf({ topology: { network, nodes: { count: 1, elastic: { max: 60 } } } }),
    ).toEqual([expect.stringContaining("topology.nodes.elastic.max is 60; take a shorter prefix")]);
  });
});

const emulated = { perDomain: 100, cores: 8, memory: "16GiB" };
const emulatedNodes = (change: object, rest: object = {}) => ({
  topology: { nodes: { count: 2, emulated: { ...emulated, ...change } }, ...rest },
});

describe("an emulated pool", () => {
  test("is taken as it is", () => {
    expect(messagesOf(emulatedNodes({}))).toEqual([]);
    expect(messagesOf(emulatedNodes({ switches: 200, gpus: 4 }))).toEqual([]);
  });

  test("does not come and go", () => {
    const both = { topology: { nodes: { count: 1, emulated, elastic: { max: 2 } } } };
    expect(messagesOf(both)).toEqual([
      "topology.nodes.elastic: the nodes of an emulated pool cannot come and go; leave out elastic or emulated",
    ]);
  });

  test("has no real pool beside it", () => {
    expect(messagesOf(emulatedNodes({}, { pools: { gpu: {} } }))).toEqual([
      "topology.pools.gpu.emulated: either all pools have to be emulated or none: real and emulated nodes cannot be compared",
    ]);
  });

  test("has at most as many switches as nodes, memory for a job, and GPUs of its own only", () => {
    expect(messagesOf(emulatedNodes({ switches: 201 }))).toEqual([
      "topology.nodes.emulated.switches: expected at most 200, the emulated nodes of the pool, got 201",
    ]);
    expect(messagesOf(emulatedNodes({ memory: "64MiB" }))).toEqual([
      "topology.nodes.emulated.memory: expected at least 128MiB, got 64MiB",
    ]);
    const gpus = { topology: { nodes: { gpus: 1, emulated } } };
    expect(messagesOf(gpus)).toEqual([
      "topology.nodes.gpus: expected 0, got 1: jobs see the GPUs of topology.nodes.emulated.gpus",
    ]);
  });

  test("is refused with more nodes than a host of this kind holds", () => {
    expect(
      messagesOf({ topology: { nodes: { count: 5, emulated: { ...emulated, perDomain: 5000 } } } }),
    ).toContain(
      "topology.nodes.emulated.perDomain: expected at most 20000 emulated nodes in all pools together, got 25000",
    );
  });
});
