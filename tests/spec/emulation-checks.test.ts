import { expect, test } from "vitest";
import { emulationProblems } from "../../spec/emulation-checks";
import { parseSpec } from "../../spec/parse";
import { workloadSchema } from "../../spec/workload";

/** Groups as a topology has them; what `emulated` holds does not matter here. */
const real = { count: 2 };
const emulated = { count: 1, emulated: { perDomain: 100 } };

function problems(workload: object, nodes: object, pools: Record<string, object> = {}) {
  return emulationProblems(workloadSchema.parse(workload), { nodes, pools }).map(
    ({ path, message }) => `${path}: ${message}`,
  );
}

test("a job without a process is refused on real nodes", () => {
  expect(() => parseSpec({ workload: { body: "hold" } })).toThrow(
    "workload.body: a job with the body hold has no process, so it needs emulated nodes, and those of topology.nodes are real; take sleep, or set topology.nodes.emulated",
  );
  for (const kind of ["trace", "poisson", "lublin", "elastic"]) {
    expect(problems({ kind, body: "hold" }, real)).toHaveLength(1);
    expect(problems({ kind, body: "hold" }, emulated)).toEqual([]);
  }
});

test("a job that computes is refused on emulated nodes, and one that sleeps runs on both", () => {
  expect(problems({ kind: "elastic", body: "spin" }, emulated)).toEqual([
    "workload.body: spin needs cores that compute, and the nodes of topology.nodes are emulated; take hold or sleep, or real nodes",
  ]);
  expect(problems({ kind: "hpl" }, emulated)).toEqual([
    "workload.kind: hpl needs cores that compute, and the nodes of topology.nodes are emulated; take hold or sleep, or real nodes",
  ]);
  expect(problems({ kind: "hpl" }, real)).toEqual([]);
  expect(problems({ body: "sleep" }, emulated)).toEqual([]);
  expect(problems({ body: "sleep" }, real)).toEqual([]);
});

test("what counts are the nodes to which the workload's users submit", () => {
  const users = { count: 2, partitions: { user01: "big", user02: "big" } };
  const hold = { body: "hold", users };
  expect(problems(hold, real, { big: emulated })).toEqual([]);
  expect(problems(hold, emulated, { big: real })).toEqual([
    expect.stringMatching(/^workload\.body: .* topology\.pools\.big are real/),
  ]);
  // The third user takes the default partition, which is that of topology.nodes.
  expect(problems({ ...hold, users: { ...users, count: 3 } }, real, { big: emulated })).toEqual([
    expect.stringMatching(/topology\.nodes are real/),
  ]);
  // A partition of the policy's spans all nodes.
  const urgent = { body: "hold", users: { count: 1, partitions: { user01: "urgent" } } };
  expect(problems(urgent, emulated, { big: real })).toEqual([
    expect.stringMatching(/topology\.pools\.big are real/),
  ]);
});

test("each component of a mixture is asked for itself", () => {
  const components = {
    held: { kind: "poisson", share: 0.5, body: "hold" },
    busy: { kind: "trace", share: 0.3, body: "spin" },
    linpack: { kind: "hpl", share: 0.2 },
  };
  const mixed = { kind: "mixed", components };
  expect(problems(mixed, real)).toEqual([
    expect.stringMatching(
      /^workload\.components\.held\.body: a job with the body hold has no process/,
    ),
  ]);
  expect(problems(mixed, emulated)).toEqual([
    expect.stringMatching(/^workload\.components\.busy\.body: spin needs cores/),
    expect.stringMatching(/^workload\.components\.linpack\.kind: hpl needs cores/),
  ]);
});
