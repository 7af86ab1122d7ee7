import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../../base/canonical-json";
import { clusterHash, tupleHash } from "../../../campaigns/plan/hash";
import { parseSpec } from "../../../spec/parse";

const sha256 = (value: unknown) => createHash("sha256").update(canonicalJson(value)).digest("hex");
const specs = [{}, { image: { packages: "x" }, workload: { kind: "poisson" } }].map((tuple) =>
  parseSpec(tuple),
);

describe("the hash", () => {
  test.each(specs)("of a tuple is that of its canonical JSON without store and repeats", (spec) => {
    const { store: _store, repeat: _repeat, ...run } = spec.run;
    const files = { traceHash: "abc", programHash: null };
    expect(tupleHash(spec, files)).toBe(sha256({ spec: { ...spec, run }, ...files }));
  });

  test.each(specs)("of a cluster is that of what the cluster is made from", (spec) => {
    const { topology, scheduler, image, workload } = spec;
    const parts = {
      topology,
      scheduler: scheduler.kind,
      users: workload.users.count,
      ...(image && { image }),
    };
    expect(clusterHash(spec)).toBe(sha256(parts));
  });

  test("of a cluster is the same for every policy of a scheduler, and for no two schedulers", () => {
    const [one, other, kubernetes] = [
      { kind: "slurm", policy: { sched: { type: "builtin" } } },
      { kind: "slurm", policy: { sched: { type: "backfill" } } },
      { kind: "kubernetes" },
    ].map((scheduler) => clusterHash(parseSpec({ scheduler })));
    expect(one).toBe(other);
    expect(kubernetes).not.toBe(one);
  });

  test("of a tuple is the same wherever its results are kept, however often and by whom it is run", () => {
    const hashes = [{}, { store: "a.duckdb" }, { repeat: 3 }, { onUp: false }, { onUp: true }].map(
      (run) => tupleHash(parseSpec({ run }), { traceHash: null, programHash: null }),
    );
    expect(new Set(hashes).size).toBe(1);
  });

  test("of a tuple changes with the content of its trace", () => {
    const spec = parseSpec({});
    const hashes = ["a", "b", null].map((traceHash) =>
      tupleHash(spec, { traceHash, programHash: null }),
    );
    expect(new Set(hashes).size).toBe(3);
  });
});
