import path from "node:path";
import { expect, test, vi } from "vitest";
import {
  compareConditions,
  conditionReader,
  differencesText,
  groupByConditions,
  readConditions,
} from "../../analysis/conditions";
import { loadRun } from "../../store/load";
import { runRecord, temporaryDirectory, writeRun } from "../store/run-fixture";

// Loading runs takes a while where many tests share few processors.
vi.setConfig({ testTimeout: 60_000 });

const run = (name: string, fields: Record<string, string | null>) => ({ run: name, fields });

test("runs that differ in the thing varied alone can be compared", () => {
  const runs = [run("a", { policy: "fifo", seed: "1" }), run("b", { policy: "easy", seed: "1" })];
  expect(compareConditions(runs, "policy")).toEqual([]);
  expect(compareConditions(runs, "nothing").map(({ field }) => field)).toEqual(["policy"]);
});

test("whatever else differs is named, with its values and runs; unknown is a value", () => {
  const runs = [
    run("a", { policy: "x", seed: "1", trace_hash: null }),
    run("b", { policy: "y", seed: "2", trace_hash: "t" }),
    run("c", { policy: "y", seed: "1" }),
  ];
  const differences = compareConditions(runs, "policy");
  expect(differencesText(differences)).toBe(
    "seed: 1 (a, c), 2 (b)\ntrace_hash: unknown (a, c), t (b)",
  );
});

test("runs are grouped by what keeps them from being compared, the first group being the measure", () => {
  const runs = [
    run("a", { policy: "x", seed: "1" }),
    run("b", { policy: "x", seed: "2" }),
    run("c", { policy: "y", seed: "1" }),
  ];
  const [first, second, ...more] = groupByConditions(runs, "policy");
  expect(first).toEqual({ runs: ["a", "c"], differences: [] });
  expect(second?.runs).toEqual(["b"]);
  expect(differencesText(second?.differences ?? [])).toBe("seed: 1 (a), 2 (b)");
  expect(more).toEqual([]);
  expect(groupByConditions([], "policy")).toEqual([]);
});

test("a scheduler brings its image and version with it, a policy does not", () => {
  const fields = { scheduler_kind: "slurm", image_key: "k1", policy: "p" };
  const runs = [run("a", fields), run("b", { ...fields, scheduler_kind: "flux", image_key: "k2" })];
  expect(compareConditions(runs, "scheduler")).toEqual([]);
  expect(compareConditions(runs, "policy").map(({ field }) => field)).toEqual([
    "scheduler_kind",
    "image_key",
  ]);
});

test("a scheduler does not bring another maker of its image with it", () => {
  const fields = { scheduler_kind: "slurm", image_key: "k1", image_maker: "debian" };
  const runs = [run("a", fields), run("b", { ...fields, image_key: "k2", image_maker: "nix" })];
  expect(compareConditions(runs, "scheduler").map(({ field }) => field)).toEqual(["image_maker"]);
});

test("what jobs run with has to be equal, whatever image a scheduler brings", () => {
  const software = (openmpi: string) => JSON.stringify({ "openmpi-bin": openmpi, suite: "trixie" });
  const runs = (other: string) => [
    run("a", { scheduler_kind: "slurm", image_key: "k1", node_software: software("5.0.7") }),
    run("b", { scheduler_kind: "kubernetes", image_key: "k2", node_software: other }),
  ];
  expect(compareConditions(runs(software("5.0.7")), "scheduler")).toEqual([]);
  expect(compareConditions(runs(software("5.0.8")), "scheduler")).toMatchObject([
    { field: "node_software" },
  ]);
});

test("addresses are no condition, and the draw of a workload is apart from its source", () => {
  const spec = (cidr: string, seed: number, number: number) => ({
    topology: JSON.stringify({ nodes: 2, network: { cidr, links: 1 } }),
    workload: JSON.stringify({ seed, kind: "lublin", resample: { method: "users", number } }),
    seed: String(seed),
  });
  const [one, other] = [spec("10.1.0.0/24", 1, 2), spec("10.2.0.0/24", 1, 3)].map(
    conditionReader(),
  );
  expect(one).toEqual({
    topology: '{"nodes":2,"network":{"links":1}}',
    nodes: "real nodes",
    workload: '{"kind":"lublin","resample":{"method":"users"}}',
    job_list: '{"resample.number":2,"seed":1}',
    seed: "1",
  });
  expect(compareConditions([run("a", one ?? {}), run("b", other ?? {})], "nothing")).toMatchObject([
    { field: "job_list" },
  ]);
  expect(conditionReader()({ topology: null, workload: null })).toEqual({
    topology: null,
    nodes: "real nodes",
    workload: null,
    job_list: null,
  });
});

test("what a site's files say is a condition beside our words for the policy", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  const { provenance } = runRecord();
  for (const [letter, site] of [
    ["a", { files: { main: "KillWait=30" } }],
    ["b", { files: { main: "KillWait=30" } }],
    ["c", { files: { main: "KillWait=60" } }],
    ["d", undefined],
  ] as const) {
    const specJson = JSON.stringify({ topology: {}, scheduler: { kind: "slurm", site }, run: {} });
    const id = `20261121T233000Z-${letter.repeat(6)}`;
    const record = runRecord({ id, provenance: { ...provenance, specJson } });
    await loadRun(writeRun(directory, { run: record }), store);
  }
  const [a, b, c, d] = await readConditions(store);
  const between = (one: typeof a, other: typeof a, varied: "nothing" | "policy" | "workload") =>
    one === undefined || other === undefined
      ? null
      : compareConditions([one, other], varied).map(({ field }) => field);
  expect(between(a, b, "nothing")).toEqual([]);
  expect(between(a, c, "workload")).toEqual(["site"]);
  expect(between(a, d, "nothing")).toEqual(["site"]);
  expect(between(a, c, "policy")).toEqual([]);
});

test("conditions are read from the store: equal but for the policy, then for the topology too", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  const { provenance } = runRecord();
  const load = async (letter: string, policy: string, nodes: number) => {
    const specJson = JSON.stringify({ topology: { nodes }, scheduler: policy, run: {} });
    const record = runRecord({
      id: `20261121T233000Z-${letter.repeat(6)}`,
      provenance: { ...provenance, specJson, policyJson: JSON.stringify({ policy }) },
    });
    await loadRun(writeRun(directory, { run: record }), store);
  };
  await load("a", "builtin", 3);
  await load("b", "backfill", 3);
  await load("c", "backfill", 4);
  const all = await readConditions(store);
  expect(compareConditions(all.slice(0, 2), "policy")).toEqual([]);
  expect(compareConditions(all, "policy")).toEqual([
    {
      field: "topology",
      values: [
        { value: '{"nodes":3}', runs: [all[0]?.run, all[1]?.run] },
        { value: '{"nodes":4}', runs: [all[2]?.run] },
      ],
    },
  ]);
  expect(await readConditions(store, [all[2]?.run ?? ""])).toHaveLength(1);
}, 20_000);
