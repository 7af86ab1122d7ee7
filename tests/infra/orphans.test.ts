import { expect, test } from "vitest";
import { orphansOf, recorded } from "../../infra/orphans";

const state = {
  deployment: {
    resources: [
      { type: "pulumi:pulumi:Stack", outputs: {} },
      { type: "libvirt:index/network:Network", outputs: { name: "schedlab-t" } },
      { type: "libvirt:index/combustion:Combustion", outputs: { name: "node01.seed" } },
      { type: "command:local:Command", outputs: { name: "node01" } },
      { type: "libvirt:index/pool:Pool" },
    ],
  },
};

test("the state names what the libvirt provider has made", () => {
  expect(recorded(state)).toEqual([
    { kind: "network", name: "schedlab-t" },
    { kind: "volume", name: "node01.seed" },
  ]);
});

test("a stack without a resource has recorded nothing", () => {
  expect(recorded({ deployment: {} })).toEqual([]);
});

test("only what exists without a record is an orphan", () => {
  const existing = [
    { kind: "network", name: "schedlab-t" },
    { kind: "pool", name: "schedlab-t" },
  ] as const;
  expect(orphansOf(existing, recorded(state))).toEqual([{ kind: "pool", name: "schedlab-t" }]);
});
