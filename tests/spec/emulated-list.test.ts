import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tupleHash } from "../../campaigns/plan/hash";
import { planCluster } from "../../infra/plan";
import { jobMemoryMiB } from "../../spec/allocation";
import { schedulerNodes, schedulerPartitions } from "../../spec/emulated";
import { allListed, asList, type ListedNodes, listedNodes } from "../../spec/emulated-list";
import { compressNames } from "../../spec/hostlist";
import { parseSpec } from "../../spec/parse";
import { SpecError } from "../../spec/problems";

const entry = { names: "a[1-3]", cores: 4, memory: "1GiB" };
const topologyOf = (list: object, count = 1, further: object = {}) => ({
  controller: { memory: "2GiB" },
  nodes: { memory: "2GiB", count, emulated: { from: "list", ...list } },
  ...further,
});

function problemsOf(topology: object): string[] {
  try {
    parseSpec({ topology });
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe("a list of nodes", () => {
  it("has them on its domains in their order, evenly, each once", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 9 }),
        (size, domains) => {
          fc.pre(size >= domains);
          const names = compressNames(Array.from({ length: size }, (_, index) => `n${index + 1}`));
          const list: ListedNodes = {
            from: "list",
            nodes: [{ names, cores: 1, memory: "1GiB", gpus: 0 }],
          };
          const parts = Array.from({ length: domains }, (_, place) =>
            listedNodes(list, place, domains),
          );
          expect(parts.flat()).toEqual(allListed(list));
          const sizes = parts.map(({ length }) => length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
          const spec = parseSpec({ topology: topologyOf(list, domains) });
          const plan = planCluster(spec, { stack: "dev" });
          const nodes = schedulerNodes(spec.topology, plan.nodes);
          expect(nodes.map(({ name }) => name)).toEqual(allListed(list).map(({ name }) => name));
        },
      ),
      { numRuns: 30 },
    );
  });

  it("gives jobs just the memory that it says", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_000_000 }), (memory) => {
        const nodes = [{ names: "n", cores: 1, memory: `${memory}MiB`, gpus: 0 }];
        const [node] = allListed({ from: "list", nodes });
        expect(node === undefined ? 0 : jobMemoryMiB(node)).toBe(memory);
      }),
    );
  });

  it("is as short as its shapes allow, and the same nodes again", () => {
    const shape = fc.record({ cores: fc.integer({ min: 1, max: 2 }), gpus: fc.nat(1) });
    fc.assert(
      fc.property(fc.array(shape), (shapes) => {
        const nodes = shapes.map((one, index) => ({ name: `n${index}`, memory: "1GiB", ...one }));
        const list: ListedNodes = { from: "list", nodes: asList(nodes) };
        expect(allListed(list).map(({ name, vcpus, gpus }) => ({ name, vcpus, gpus }))).toEqual(
          nodes.map(({ name, cores, gpus }) => ({ name, vcpus: cores, gpus })),
        );
      }),
    );
    const alike = Array.from({ length: 9 }, (_, index) => ({
      name: `n${index}`,
      cores: 1,
      gpus: 0,
      memory: "1GiB",
    }));
    expect(asList(alike)).toEqual([{ names: "n[0-8]", cores: 1, gpus: 0, memory: "1GiB" }]);
  });

  it("has partitions that overlap, the default one first", () => {
    const list = {
      partitions: ["main", "all"],
      nodes: [
        { ...entry, partitions: ["main", "all"] },
        { ...entry, names: "b[1-2]", partitions: ["all"] },
      ],
    };
    const clusterOf = (domains: number) => {
      const { topology } = parseSpec({ topology: topologyOf(list, domains) });
      const { nodes, partitions } = planCluster(parseSpec({ topology }), { stack: "dev" });
      const known = schedulerNodes(topology, nodes);
      return { topology, partitions, members: schedulerPartitions(partitions, known) };
    };
    expect(clusterOf(5).partitions).toEqual([
      { name: "main", nodes: ["node01", "node02", "node03"] },
      { name: "all", nodes: ["node01", "node02", "node03", "node04", "node05"] },
    ]);
    for (const domains of [1, 2, 5]) {
      expect(clusterOf(domains).members).toEqual([
        { name: "main", nodes: ["a1", "a2", "a3"] },
        { name: "all", nodes: ["a1", "a2", "a3", "b1", "b2"] },
      ]);
    }
    const users = { count: 2, partitions: { user02: "nodes" } };
    const { topology } = clusterOf(1);
    expect(() => parseSpec({ topology, workload: { users } })).toThrow(/known: main, all/);
  });

  it.each([
    [{ file: "x" }, {}, "emulated.file: was not read"],
    [
      { nodes: [] },
      {},
      "expected at least 1 nodes, one for each of the 1 domains of topology.nodes.count, got 0",
    ],
    [{ nodes: [{ ...entry, names: "a[1" }] }, {}, "emulated.nodes.0.names: expected each ["],
    [{ nodes: [{ ...entry, names: "A1" }] }, {}, 'lower-case letters, digits and -, got "A1"'],
    [{ nodes: [{ ...entry, names: "node07" }] }, {}, "node07 is the name of a domain"],
    [{ nodes: [entry, entry] }, {}, "a1 is there twice"],
    [
      { nodes: [{ ...entry, partitions: ["p"] }] },
      {},
      "expected topology.nodes.emulated.partitions",
    ],
    [{ nodes: [{ ...entry, partitions: ["p"] }], partitions: ["q"] }, {}, 'lacks "p"'],
    [{ nodes: [entry], partitions: [] }, {}, "expected at least one partition"],
    [{ nodes: [{ ...entry, partitions: ["p"] }], partitions: ["p", "q"] }, {}, 'no node is in "q"'],
    [
      { nodes: [entry] },
      { pools: { x: { emulated: { perDomain: 1, cores: 1, memory: "1GiB" } } } },
      "topology.pools: a list of nodes is the whole cluster's",
    ],
    [{ nodes: [{ ...entry, names: "n[1-20001]" }] }, {}, "expected at most 20000 emulated nodes"],
    [
      { nodes: [{ ...entry, names: "n[1-5000]" }] },
      {},
      "which 5000 emulated nodes need under Slurm, got 2048MiB",
    ],
  ])("is refused with what was expected: %j", (list, further, message) => {
    expect(problemsOf(topologyOf(list, 1, further)).join("\n")).toContain(message);
  });

  it("leaves nodes that are alike as they were: their tuples have the same hash", () => {
    const emulated = { perDomain: 3, cores: 4, memory: "1GiB" };
    const spec = parseSpec({ topology: { nodes: { memory: "2GiB", emulated } } });
    expect(spec.topology.nodes.emulated).toEqual({ ...emulated, gpus: 0 });
    expect(tupleHash(spec, { traceHash: null, programHash: null })).toMatch(/^[0-9a-f]{64}$/);
  });
});
