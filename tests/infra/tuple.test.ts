import { describe, expect, it } from "vitest";
import { planCluster } from "../../infra/plan";
import { type TupleParts, tupleHash } from "../../infra/tuple";
import { parseSpec } from "../../spec/parse";

function parts(input: unknown = {}): TupleParts {
  const spec = parseSpec(input);
  return {
    spec,
    plan: planCluster(spec, { stack: "dev" }),
    domain: "lxc",
    imageKey: "image",
    codeVersion: "code",
    traceHash: null,
    programHash: null,
  };
}

describe("tupleHash", () => {
  it("does not depend on the order of keys", () => {
    expect(tupleHash(parts({ run: {}, topology: {} }))).toBe(
      tupleHash(parts({ topology: {}, run: {} })),
    );
  });

  it("changes with every part", () => {
    const changed: TupleParts[] = [
      parts(),
      parts({ workload: { kind: "trace", seed: 2 } }),
      { ...parts(), domain: "qemu" },
      { ...parts(), imageKey: "other" },
      { ...parts(), codeVersion: "other" },
      { ...parts(), traceHash: "0123" },
      { ...parts(), programHash: "0123" },
    ];
    expect(new Set(changed.map(tupleHash)).size).toBe(changed.length);
    expect(tupleHash(parts())).toMatch(/^[0-9a-f]{64}$/);
  });
});
