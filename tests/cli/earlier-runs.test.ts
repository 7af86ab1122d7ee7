import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import { query } from "../../analysis/query";
import { keepEarlierRuns } from "../../cli/earlier-runs";
import { registerLoad } from "../../cli/load";
import { holdLock } from "../store/hold-lock";
import { runRecord, temporaryDirectory, writeRun } from "../store/run-fixture";
import { emptyStore } from "../store/store-copies";
import { runCommand } from "./command";

const ids = ["20261121T233000Z-aaaaaa", "20261121T234000Z-bbbbbb"] as const;

let directory: string;
let store: string;
let said: string[];
beforeEach(async () => {
  directory = temporaryDirectory();
  store = path.join(directory, "s.duckdb");
  said = [];
  await emptyStore(store);
});

const earlier = () =>
  keepEarlierRuns({
    runsDir: path.join(directory, "runs"),
    store,
    report: (line) => said.push(line),
    experiment: "dev",
    older: false,
  });
const stored = () => query(store, "SELECT run_id, status FROM runs ORDER BY run_id");
const run = (id: string) => writeRun(path.join(directory, "runs"), { run: runRecord({ id }) });

test("a closed run that is not in the store is loaded, once, and again when it has changed", async () => {
  run(ids[0]);
  expect(await earlier()).toEqual({ loaded: [ids[0]], failed: 0 });
  expect(await earlier()).toEqual({ loaded: [], failed: 0 });
  const file = path.join(directory, "runs", ids[0], "run.json");
  writeFileSync(file, readFileSync(file, "utf8").replace('"completed"', '"failed"'));
  expect(await earlier()).toEqual({ loaded: [ids[0]], failed: 0 });
  expect(await stored()).toEqual([{ run_id: ids[0], status: "failed" }]);
}, 60_000);

test("a run that cannot be loaded is named and passed by, those beside it are loaded", async () => {
  writeFileSync(path.join(run(ids[0]), "run.json"), "{");
  run(ids[1]);
  expect(await earlier()).toEqual({ loaded: [ids[1]], failed: 0 });
  expect(said).toContainEqual(expect.stringContaining(`${ids[0]}/run.json cannot be read`));
}, 60_000);

test("a store that another program holds stops nothing, and the next time loads what it lacks", async () => {
  run(ids[0]);
  await earlier();
  const release = await holdLock(store);
  run(ids[1]);
  expect(await earlier()).toEqual({ loaded: [], failed: 2 });
  expect(said).toContainEqual(
    expect.stringMatching(/the next run does it: the store .* is held by/),
  );
  release();
  expect(await earlier()).toEqual({ loaded: [ids[1]], failed: 0 });
}, 60_000);

test("load without a directory brings in every closed run beside the store", async () => {
  run(ids[0]);
  writeRun(path.join(directory, "runs"), { run: runRecord({ id: ids[1], experiment: "other" }) });
  await runCommand(registerLoad, "load", "--store", store);
  expect(await stored()).toEqual(ids.map((id) => ({ run_id: id, status: "completed" })));
}, 60_000);
