import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planCluster } from "../../infra/plan";
import { isEmulated, schedulerNodes, schedulerPartitions } from "../../spec/emulated";
import { parseSpec } from "../../spec/parse";
import { SpecError } from "../../spec/problems";

const emulated = { perDomain: 100, cores: 32, memory: "64GiB" };
const roomy = { memory: "4GiB" };

/** Of the topology, as a user reads them. */
function problemsOf(topology: object, further: object = {}): string[] {
  try {
    parseSpec({ topology, ...further });
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe("an emulated topology", () => {
  it("is refused where some pools are real", () => {
    expect(problemsOf({ nodes: { ...roomy, emulated }, pools: { gpu: {} } })).toEqual([
      "topology.pools.gpu.emulated: either all pools have to be emulated or none: real and emulated nodes cannot be compared",
    ]);
  });

  it("is refused with more leaf switches than nodes, tiny memory, or GPUs of its domains", () => {
    const shape = { ...emulated, perDomain: 4, switches: 9, memory: "64MiB" };
    expect(problemsOf({ nodes: { ...roomy, count: 2, gpus: 1, emulated: shape } })).toEqual([
      "topology.nodes.emulated.switches: expected at most 8, the emulated nodes of the pool, got 9",
      "topology.nodes.emulated.memory: expected at least 128MiB, got 64MiB",
      "topology.nodes.gpus: expected 0, got 1: jobs see the GPUs of topology.nodes.emulated.gpus",
    ]);
  });

  it("is refused with pools that breathe, and beyond any host's size", () => {
    expect(problemsOf({ nodes: { ...roomy, count: 1, elastic: { max: 2 }, emulated } })).toEqual([
      "topology.nodes.elastic: the nodes of an emulated pool cannot come and go; leave out elastic or emulated",
    ]);
    const many = { ...emulated, perDomain: 5000 };
    const problems = problemsOf({
      controller: { memory: "16GiB" },
      nodes: { memory: "16GiB", count: 5, emulated: many },
    });
    expect(problems).toEqual([
      "topology.nodes.emulated.perDomain: expected at most 20000 emulated nodes in all pools together, got 25000",
    ]);
  });

  it.each(["spin", "hpl"])("is refused with jobs that compute: %s", (what) => {
    const workload = what === "hpl" ? { kind: "hpl" } : { kind: "poisson", body: what };
    const problems = problemsOf({ nodes: { ...roomy, emulated } }, { workload });
    expect(problems.join("\n")).toMatch(/computes|need.* cores that compute/);
  });

  it("asks for memory of its domains and controller, under each scheduler, before anything is made", () => {
    const small = { profile: "cpu1-512m", emulated: { ...emulated, perDomain: 1000 } };
    const asked = (kind: string) =>
      problemsOf(
        { controller: { profile: "cpu1-512m" }, nodes: small },
        { scheduler: { kind } },
      ).join("\n");
    expect(asked("slurm")).toMatch(
      /^topology\.nodes\.memory: expected at least \d+MiB, which 1000 emulated nodes need under Slurm, got 512MiB; take more memory, or at most \d+ nodes$/m,
    );
    expect(asked("kubernetes")).toMatch(
      /^topology\.controller\.memory: expected at least \d+MiB, which the controller of 2000 emulated nodes need/m,
    );
  });

  it("is accepted with as much memory as the refusal asks for", () => {
    const shaped = (memory: string) => ({
      controller: { memory: "8GiB" },
      nodes: { memory, emulated: { ...emulated, perDomain: 1000 } },
    });
    const [refused = ""] = problemsOf(shaped("128MiB"));
    const enough = /at least (\d+)MiB/.exec(refused)?.[1] ?? "none";
    expect(problemsOf(shaped(`${enough}MiB`))).toEqual([]);
    expect(problemsOf(shaped(`${Number(enough) - 1}MiB`))).toHaveLength(1);
  });
});

const poolShape = fc.record({
  count: fc.integer({ min: 1, max: 5 }),
  perDomain: fc.integer({ min: 1, max: 120 }),
  switches: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
});

/** Pools that are valid, with few nodes each. */
const topologies = fc
  .record({ nodes: poolShape, gpu: poolShape, z: poolShape })
  .map(({ nodes, ...pools }) => {
    const shape = ({ count, perDomain, switches }: typeof nodes) => ({
      ...roomy,
      count,
      emulated: {
        ...emulated,
        perDomain,
        ...(switches === undefined ? {} : { switches: Math.min(switches, count * perDomain) }),
      },
    });
    return {
      controller: { memory: "8GiB" },
      nodes: shape(nodes),
      pools: { gpu: { ...shape(pools.gpu), block: 0 }, z: { ...shape(pools.z), block: 1 } },
    };
  });

describe("the scheduler's nodes", () => {
  it("are the domains themselves where nothing is emulated", () => {
    const spec = parseSpec({ topology: { nodes: { count: 2 } } });
    const { nodes } = planCluster(spec, { stack: "dev" });
    expect(isEmulated(spec.topology)).toBe(false);
    expect(
      schedulerNodes(spec.topology, nodes).map(({ name, host, leaf }) => [name, host, leaf]),
    ).toEqual([
      ["node01", "node01", null],
      ["node02", "node02", null],
    ]);
  });

  it("have names of their own, the size that was asked for, and a domain of their pool", () => {
    fc.assert(
      fc.property(topologies, (topology) => {
        const spec = parseSpec({ topology });
        const plan = planCluster(spec, { stack: "dev" });
        const nodes = schedulerNodes(spec.topology, plan.nodes);
        const shapes = { nodes: topology.nodes, ...topology.pools };
        const wanted = Object.values(shapes).reduce(
          (sum, { count, emulated: { perDomain } }) => sum + count * perDomain,
          0,
        );
        expect(nodes).toHaveLength(wanted);
        const names = [...nodes, ...plan.nodes].map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        const domains = new Map(plan.nodes.map((domain) => [domain.name, domain.pool]));
        for (const node of nodes) {
          expect(domains.get(node.host)).toBe(node.pool);
          expect(node).toMatchObject({ emulated: true, vcpus: 32, memoryMiB: 65_536, gpus: 0 });
        }
      }),
      { numRuns: 30 },
    );
  });

  it("are spread over the leaf switches of their pool evenly and in order", () => {
    fc.assert(
      fc.property(topologies, (topology) => {
        const spec = parseSpec({ topology });
        const { nodes: domains } = planCluster(spec, { stack: "dev" });
        const nodes = schedulerNodes(spec.topology, domains);
        const shapes = Object.entries({ nodes: topology.nodes, ...topology.pools });
        for (const [pool, { emulated: shape }] of shapes) {
          const leaves = nodes.filter((node) => node.pool === pool).map(({ leaf }) => leaf);
          const { switches } = shape as { switches?: number };
          if (switches === undefined) {
            expect(new Set(leaves)).toEqual(new Set([null]));
            continue;
          }
          const sizes = Array.from(
            { length: switches },
            (_, leaf) => leaves.filter((one) => one === leaf).length,
          );
          expect(leaves).toEqual(leaves.toSorted((one, other) => Number(one) - Number(other)));
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(leaves.length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("are in the partitions of their domains, each once", () => {
    fc.assert(
      fc.property(topologies, (topology) => {
        const spec = parseSpec({ topology });
        const plan = planCluster(spec, { stack: "dev" });
        const nodes = schedulerNodes(spec.topology, plan.nodes);
        const partitions = schedulerPartitions(plan.partitions, nodes);
        expect(partitions.map(({ name }) => name)).toEqual(["nodes", "gpu", "z"]);
        expect(partitions.flatMap((partition) => partition.nodes)).toEqual(
          nodes.map(({ name }) => name),
        );
      }),
      { numRuns: 10 },
    );
  });
});
