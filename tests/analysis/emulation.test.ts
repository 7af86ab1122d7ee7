import path from "node:path";
import { parseHTML } from "linkedom";
import { expect, test, vi } from "vitest";
import { readConditions } from "../../analysis/conditions";
import { emulationText, isEmulated, nodesOf } from "../../analysis/emulation";
import { query } from "../../analysis/query";
import { makeReport } from "../../analysis/report/report";
import { comparableRuns, readResults } from "../../analysis/results";
import { resultsTable } from "../../analysis/results-table";
import { schedulerKinds } from "../../spec/scheduler";
import { loadRun } from "../../store/load";
import {
  nodeRecord,
  nodes,
  type RunFixture,
  runRecord,
  temporaryDirectory,
  writeRun,
} from "../store/run-fixture";
import { emptyStore } from "../store/store-copies";

// Loading runs takes a while where many tests share few processors.
vi.setConfig({ testTimeout: 120_000 });

const topology = { nodes: { count: 1, emulated: { perDomain: 2, cores: 2 } }, pools: {} };
const [real, first, second] = [
  "20261121T233000Z-k3f9qa",
  "20261121T233100Z-emula1",
  "20261121T233200Z-emula2",
];

function emulatedRun(id: string, perDomain = 2): RunFixture {
  const run = runRecord({ id });
  const own = { ...topology, nodes: { ...topology.nodes, emulated: { perDomain } } };
  return {
    run: { ...run, provenance: { ...run.provenance, specJson: JSON.stringify({ topology: own }) } },
    nodes: [
      nodes[0] ?? nodeRecord("controller", "controller", 2),
      nodeRecord("node01", "host", 2),
      ...[1, 2].map((number) =>
        nodeRecord(`node01-000${number}`, "compute", 2, { emulatedOn: "node01" }),
      ),
    ],
  };
}

async function storeOf(...runs: RunFixture[]): Promise<string> {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await emptyStore(store);
  for (const run of runs) await loadRun(writeRun(directory, run), store);
  return store;
}

const options = { allowUnequal: false, accepted: [], generatedAt: new Date() };

test("a specification says whether nodes are emulated", () => {
  expect(isEmulated(JSON.stringify({ topology }))).toBe(true);
  expect(isEmulated(JSON.stringify({ topology: { nodes: { count: 2 } } }))).toBe(false);
  expect([isEmulated(null), isEmulated("{}"), isEmulated("no JSON")]).toEqual([
    false,
    false,
    false,
  ]);
  expect([nodesOf(null), nodesOf(JSON.stringify(topology))]).toEqual([
    "real nodes",
    "emulated nodes",
  ]);
});

test("what is left out is said for every scheduler, each once", () => {
  for (const kind of schedulerKinds) {
    const text = emulationText([kind, kind, null, "unknown"]);
    expect(text.split("Under ")).toHaveLength(2);
    expect(text).toMatch(/Under \w+: .*\bno\b.*\.$/);
  }
});

test("real and emulated nodes are not compared, whatever is varied or allowed", async () => {
  const store = await storeOf({}, emulatedRun(first));
  const [, emulated] = await readConditions(store);
  expect(emulated?.fields.nodes).toBe("emulated nodes");
  expect((await comparableRuns(store)).map(({ runs }) => runs)).toEqual([[real], [first]]);
  const { html, leftOut } = await makeReport({ store, varied: "topology", ...options });
  expect(leftOut[0]).toContain(`(nodes): ${real}`);
  expect(html).toContain("real nodes");
  for (const runs of [undefined, [real, first]]) {
    await expect(
      makeReport({
        store,
        varied: "topology",
        ...options,
        allowUnequal: true,
        ...(runs === undefined ? {} : { runs }),
      }),
    ).rejects.toThrow("runs on real nodes cannot be compared with runs on emulated ones");
  }
});

test("emulated runs of two topologies are compared when that is what is varied", async () => {
  const store = await storeOf(emulatedRun(first), emulatedRun(second, 4));
  const { configurations } = await makeReport({ store, varied: "topology", ...options });
  expect(configurations).toBe(1);
  expect((await makeReport({ store, varied: "scheduler", ...options })).leftOut).not.toEqual([]);
});

test("tables and pictures of emulated runs say so, and what is left out", async () => {
  const store = await storeOf(emulatedRun(first));
  const { html } = await makeReport({ store, varied: "scheduler", ...options });
  const { document } = parseHTML(html);
  const summary = document.querySelector("#summary")?.textContent ?? "";
  expect(summary).toContain("Emulated nodes. The nodes are emulated");
  expect(summary).toContain("no cgroups");
  const labels = [...document.querySelectorAll("svg.plot[role]")].map((one) =>
    one.getAttribute("aria-label"),
  );
  expect(labels.some((label) => label?.includes("(emulated nodes)"))).toBe(true);
  const table = resultsTable(await readResults(store), await comparableRuns(store));
  expect(table).toContain("lxc emulated nodes");
});

test("figures of CPU time that jobs used are unknown on emulated nodes, with the reason", async () => {
  const store = await storeOf(emulatedRun(first));
  expect(await query(store, "SELECT value, reason FROM metrics WHERE name = 'busy_share'")).toEqual(
    [{ value: null, reason: "the nodes are emulated: jobs hold cores without using them" }],
  );
});

test("runs with an accelerated clock say so, and are not compared with others", async () => {
  const fast = emulatedRun(second);
  const { run = runRecord() } = fast;
  const specJson = JSON.stringify({
    ...(JSON.parse(run.provenance.specJson) as object),
    run: { clock: { accelerated: 10 } },
  });
  const provenance = { ...run.provenance, specJson, clockFactor: 10 };
  const store = await storeOf(emulatedRun(first), { ...fast, run: { ...run, provenance } });
  const groups = await comparableRuns(store);
  expect(groups.map(({ runs }) => runs)).toEqual([[first], [second]]);
  expect(groups[1]?.differences.map(({ field }) => field)).toEqual(["clock"]);
  expect(resultsTable(await readResults(store), groups)).toContain(
    "lxc emulated nodes (clock ×10)",
  );
  await expect(
    makeReport({ store, varied: "scheduler", ...options, allowUnequal: true }),
  ).rejects.toThrow("runs with clocks of different factors cannot be compared");
  const { html } = await makeReport({ store, varied: "scheduler", ...options });
  const summary = parseHTML(html).document.querySelector("#summary")?.textContent ?? "";
  expect(summary).toContain("Accelerated clock. The scheduler's clock went 10 times as fast");
  expect(summary).toContain("(emulated nodes) (clock ×10)");
});
