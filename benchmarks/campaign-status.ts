import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readStatus } from "../campaigns/status/read";
import { readCampaign, storePlan } from "../store/campaigns";
import { writeStore } from "../store/open";

/**
 * `campaign status` of a campaign with 10,000 finished runs, whose directories lie beside the store. Prints
 * what its reading takes, as medians; aim: less than a second for the whole on a quiet machine.
 * Usage: npx tsx benchmarks/campaign-status.ts
 */
const rounds = 5;
const limit = 1;
const size = { tuples: 1000, repeats: 10 };
const campaign = "study";
const stack = "study-12345678";

async function fill(directory: string): Promise<string> {
  const store = path.join(directory, "s.duckdb");
  const tuples = Array.from({ length: size.tuples }, (_, index) => ({
    ...{ hash: `tuple${index}`, stack, label: String(index), plannedSeconds: 40 },
    axes: { seed: String(index) },
  }));
  const runs = Array.from({ length: size.tuples * size.repeats }, (_, index) => ({
    tuple: `tuple${index % size.tuples}`,
    repeat: Math.floor(index / size.tuples) + 1,
    position: index + 1,
  }));
  await storePlan(store, {
    ...{ campaign, repeats: size.repeats, orderSeed: 1, orderKept: "whole", clustersAtOnce: 1 },
    ...{ retryFailed: 1, stacks: [stack], tuples, runs },
  });
  await writeStore(store, async (connection) => {
    await connection.run(
      `INSERT INTO runs BY NAME
       SELECT '20261121T233000Z-' || lpad(position::VARCHAR, 6, '0') AS run_id, 'live' AS origin,
         campaign, tuple_hash, repeat, position AS campaign_position, '${stack}' AS experiment,
         'completed' AS status, TIMESTAMP '2026-11-21' AS started_at,
         TIMESTAMP '2026-11-21 00:01:00' AS finished_at, '{}' AS spec, 1 AS seed,
         'hash' AS content_hash, 1 AS loaded_by_schema, TIMESTAMP '2026-11-21' AS loaded_at
       FROM campaign_runs`,
    );
  });
  for (const { position } of runs) {
    const run = `20261121T233000Z-${String(position).padStart(6, "0")}`;
    mkdirSync(path.join(directory, "runs", run), { recursive: true });
  }
  return store;
}

async function median(name: string, work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    await work();
    taken.push((performance.now() - began) / 1000);
  }
  const middle = taken.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
  console.log(`${name.padEnd(24)} ${middle.toFixed(3)} s`);
  return middle;
}

async function main(): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), "schedlab-status-"));
  try {
    const store = await fill(directory);
    const { done } = await readStatus(store, campaign);
    console.log(`${done} finished runs, median of ${rounds} rounds`);
    await median("plan and runs", () => readCampaign(store, campaign));
    const whole = await median("the whole", () => readStatus(store, campaign));
    if (done !== size.tuples * size.repeats || whole > limit) process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
