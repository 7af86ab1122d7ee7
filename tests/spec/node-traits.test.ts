import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { schedulerNodes } from "../../spec/emulated";
import { constraintOf, featuresOf, isExpression } from "../../spec/node-traits";
import { parseSpec } from "../../spec/parse";
import { SpecError } from "../../spec/problems";

function messages(topology: unknown): string[] {
  try {
    parseSpec({ topology });
  } catch (error) {
    if (error instanceof SpecError) return error.message.split("\n");
    throw error;
  }
  return [];
}

const domain = (pool: string) => ({
  ...{ name: `${pool}01`, role: "compute" as const, pool, vcpus: 2, memoryMiB: 2048, gpus: 1 },
});
const emulated = { perDomain: 2, cores: 4, memory: "4GiB", gpus: 4 };

describe("features and types of GPUs", () => {
  test("are absent where nobody says them, so that a tuple stays the one that it was", () => {
    const { nodes } = parseSpec({}).topology;
    expect(Object.keys(nodes)).toEqual(["profile", "count"]);
  });

  test("are those of the pool on each of its nodes, and of emulated nodes their own type", () => {
    const shape = { count: 1, features: ["fast"], gpuType: "a100" };
    const pools = {
      fake: { count: 1, features: ["ib"], emulated: { ...emulated, gpuType: "h100" } },
    };
    const nodes = schedulerNodes({ nodes: shape, pools }, [domain("nodes"), domain("fake")]);
    expect(nodes.map(({ name, features, gpuType }) => [name, features, gpuType])).toEqual([
      ["nodes01", ["fast"], "a100"],
      ["fake01-0001", ["ib"], "h100"],
      ["fake01-0002", ["ib"], "h100"],
    ]);
  });

  test("that would mean nothing, or two things, are refused", () => {
    expect(messages({ nodes: { features: ["a", "gpu", "a"] }, pools: { gpu: {} } })).toEqual([
      'topology.nodes.features.1: "gpu" is the name of a partition, choose another name',
      'topology.nodes.features.2: "a" is in the list twice',
    ]);
    expect(messages({ nodes: { gpuType: "a100" } })).toEqual([
      "topology.nodes.gpuType: these nodes have no GPUs; set topology.nodes.gpus",
    ]);
    expect(messages({ nodes: { gpus: 1, gpuType: "a100" } })).toEqual([]);
    const roomy = { memory: "2GiB" };
    expect(messages({ nodes: { ...roomy, gpuType: "a100", emulated } })).toEqual([
      "topology.nodes.gpuType: jobs see the GPUs of topology.nodes.emulated; set topology.nodes.emulated.gpuType instead",
    ]);
    const none = { ...emulated, gpus: 0, gpuType: "a100" };
    expect(messages({ nodes: { ...roomy, emulated: none } })).toEqual([
      "topology.nodes.emulated.gpuType: these nodes have no GPUs; set topology.nodes.emulated.gpus",
    ]);
  });

  test.each(["2080ti", "1080", "1g.5gb", "a100_1g.5gb", "A"])("may be called %s", (name) => {
    expect(messages({ nodes: { gpus: 1, gpuType: name, features: [name] } })).toEqual([]);
  });

  test.each(["", "a:b", ".a", "_a", "a b", "a&b", "a,b", "ab-", "a".repeat(33)])(
    "is no name that some scheduler would not take: %j",
    (name) => {
      expect(messages({ nodes: { features: [name] } })[0]).toMatch(
        /^topology\.nodes\.features\.0: expected a name of at most 32 letters, digits, ., - and _/,
      );
    },
  );
});

describe("a constraint", () => {
  test("of any features names just these", () => {
    const name = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9_.-]{0,30}[A-Za-z0-9])?$/);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), (features) => {
        expect(featuresOf(constraintOf(features))).toEqual(features);
      }),
    );
  });

  test.each(["a|b", "[a|b]", "a*2", "!a", "", "a&", "a&b|c"])(
    "of another form is not understood: %j",
    (text) => {
      expect(featuresOf(text)).toBeNull();
      expect(isExpression(text)).toBe(true);
    },
  );

  test("of a name that not every scheduler takes is still one of names", () => {
    expect(featuresOf("mem:80gb&a")).toBeNull();
    expect(isExpression("mem:80gb&a")).toBe(false);
  });
});
