import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSpec } from "../../spec/parse";
import { type Problem, SpecError } from "../../spec/problems";

function problemsOf(input: unknown): readonly Problem[] {
  try {
    parseSpec(input);
  } catch (error) {
    if (error instanceof SpecError) return error.problems;
    throw error;
  }
  return [];
}

function messagesOf(input: unknown): string[] {
  return problemsOf(input).map(({ path, message }) => (path ? `${path}: ${message}` : message));
}

describe("parseSpec", () => {
  it("fills an empty tuple with defaults that pass again unchanged", () => {
    const spec = parseSpec({});
    expect(spec.topology.nodes).toEqual({ profile: "cpu2", count: 2 });
    expect(spec.scheduler).toMatchObject({
      kind: "slurm",
      policy: { sched: { type: "backfill" } },
    });
    expect(parseSpec(spec)).toEqual(spec);
    expect(parseSpec(undefined)).toEqual(spec);
  });

  it("has no image where nothing is said of it, so that earlier tuples stay what they were", () => {
    expect(Object.keys(parseSpec({}))).toEqual(["topology", "scheduler", "workload", "run"]);
    expect(parseSpec({ image: { packages: "../made" } }).image).toEqual({ packages: "../made" });
    expect(messagesOf({ image: { package: "x", packages: " " } })).toEqual([
      'image.packages: expected the path of a directory with packages, got " "',
      'image.package: unknown key, did you mean "packages"?',
    ]);
  });

  it("knows the makers of an image, each with keys of its own", () => {
    expect(parseSpec({ image: { maker: "nix" } }).image).toEqual({ maker: "nix", flake: "./nix" });
    expect(parseSpec({ image: { maker: "path", directory: "/made" } }).image).toEqual({
      maker: "path",
      directory: "/made",
    });
    expect(messagesOf({ image: { maker: "nixx" } })).toEqual([
      'image.maker: expected one of debian, nix, path, got "nixx", did you mean "nix"?',
    ]);
    expect(messagesOf({ image: { maker: "path" } })).toEqual([
      "image.directory: expected the path of a directory with an image, got nothing",
    ]);
    expect(messagesOf({ image: { maker: "nix", packages: "../made", flake: "." } })).toEqual([
      "image.packages: unknown key (known: maker, flake, inputs)",
    ]);
    expect(messagesOf({ image: { maker: "nix", inputs: { flux: "a#b", "--x": "." } } })).toEqual([
      'image.inputs.flux: expected a flake reference such as github:OWNER/REPO, without #, got "a#b"',
      expect.stringMatching(/^image\.inputs\.--x: expected the name of one of the flake's inputs/),
    ]);
    for (const flake of ["./nix#slurm-image", "--impure", ""]) {
      expect(messagesOf({ image: { maker: "nix", flake } })).toEqual([
        expect.stringMatching(/^image\.flake: expected a flake reference such as \.\/nix/),
      ]);
    }
  });

  it("takes an empty policy", () => {
    expect(parseSpec({ scheduler: { kind: "slurm", policy: {} } })).toEqual(parseSpec({}));
  });

  it("passes its own result through JSON unchanged", () => {
    const spec = parseSpec({
      topology: { pools: { gpu: { profile: "perlmutter-gpu" } }, network: { scale: "0.5" } },
      scheduler: { kind: "slurm", policy: { priority: { type: "multifactor" } } },
    });
    expect(parseSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  it("names the range, the path and what it got", () => {
    for (const got of [0, 65, 1.5, -1]) {
      expect(messagesOf({ topology: { nodes: { count: got } } })).toEqual([
        `topology.nodes.count: expected 1..64, got ${got}`,
      ]);
    }
    expect(messagesOf({ topology: { nodes: { count: "two" } } })).toEqual([
      'topology.nodes.count: expected 1..64, got "two"',
    ]);
    expect(messagesOf({ topology: { nodes: { count: null } } })).toEqual([
      "topology.nodes.count: expected 1..64, got nothing",
    ]);
  });

  it("suggests the nearest known key, at every depth", () => {
    expect(messagesOf({ topologi: {}, topology: { nodes: { cuont: 3, zzz: 1 } } })).toEqual([
      'topology.nodes.cuont: unknown key, did you mean "count"?',
      "topology.nodes.zzz: unknown key (known: profile, vcpus, memory, disk, gpus, network, features, gpuType, elastic, emulated, count)",
      'topologi: unknown key, did you mean "topology"?',
    ]);
    expect(
      messagesOf({
        scheduler: { kind: "slurm", policy: { sched: { type: "backfill", windw: 1 } } },
      }),
    ).toEqual(['scheduler.policy.sched.windw: unknown key, did you mean "window"?']);
  });

  it("lists the kinds there are", () => {
    expect(messagesOf({ scheduler: { kind: "slrum" } })).toEqual([
      'scheduler.kind: expected one of slurm, kubernetes, flux, got "slrum", did you mean "slurm"?',
    ]);
    expect(messagesOf({ workload: { kind: null } })).toEqual([
      "workload.kind: expected one of trace, poisson, lublin, hpl, hpcg, elastic, mixed, got nothing",
    ]);
    expect(messagesOf({ topology: { domain: "xen" } })).toEqual([
      'topology.domain: expected one of auto, kvm, lxc, qemu, got "xen"',
    ]);
  });

  it("answers an unknown profile with the nearest", () => {
    expect(messagesOf({ topology: { nodes: { profile: "perlmuter-cpu" } } })[0]).toMatch(
      /^topology\.nodes\.profile: unknown profile "perlmuter-cpu", did you mean "perlmutter-cpu"\?/,
    );
    expect(messagesOf({ topology: { network: { fabric: "slingshot11" } } })[0]).toMatch(
      /^topology\.network\.fabric: unknown profile "slingshot11", did you mean "slingshot-11"\?/,
    );
    expect(messagesOf({ topology: { nodes: { profile: "cpu9" } } })).toHaveLength(1);
  });

  it("reports faults of form and faults between fields together", () => {
    const paths = problemsOf({
      topology: { nodes: { count: 0 }, controller: { profile: "nope" } },
      scheduler: { kind: "slrum" },
      workload: { kind: "trace", jobs: -1, runtime: { min: 9, max: 3 } },
      run: { repeat: 0 },
    }).map(({ path }) => path);
    expect(paths.sort()).toEqual([
      "run.repeat",
      "scheduler.kind",
      "topology.controller.profile",
      "topology.nodes.count",
      "workload.jobs",
      "workload.runtime.min",
    ]);
  });

  it("holds units strict", () => {
    for (const memory of ["4GB", "4", 4, "4 GiB", "0GiB", "-1GiB", "1.5GiB"]) {
      expect(problemsOf({ topology: { nodes: { memory } } })).toHaveLength(1);
    }
    expect(
      problemsOf({ topology: { network: { profiles: { own: { bandwidth: "10Gb/s" } } } } }),
    ).toHaveLength(1);
  });

  it("takes a fraction in quotes, as pulumi config set --path stores it", () => {
    const { workload } = parseSpec({ workload: { kind: "trace", timeFactor: "0.05" } });
    expect(workload).toMatchObject({ timeFactor: 0.05 });
    expect(problemsOf({ workload: { kind: "trace", timeFactor: "fast" } })).toHaveLength(1);
  });

  it("puts the whole list into the error's message", () => {
    expect(() => parseSpec({ runn: {}, topologi: {} })).toThrow(/runn: .*\ntopologi: /);
  });

  it("answers any JSON with a spec or a SpecError, and never reports a problem twice", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.record({ topology: fc.jsonValue(), scheduler: fc.jsonValue(), run: fc.jsonValue() }),
          fc.record({
            topology: fc.record({ nodes: fc.jsonValue(), pools: fc.jsonValue() }),
            workload: fc.record({ kind: fc.constant("trace"), users: fc.jsonValue() }),
          }),
        ),
        (input) => {
          const problems = problemsOf(input).map((problem) => JSON.stringify(problem));
          expect(new Set(problems).size).toBe(problems.length);
        },
      ),
      { numRuns: 200 },
    );
  });
});
