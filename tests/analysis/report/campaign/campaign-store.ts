import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { simulateRun } from "../../../../analysis/simulate/run";
import { type StoredPlan, storePlan } from "../../../../store/campaigns";
import { loadRun } from "../../../../store/load";
import { readStore, writeStore } from "../../../../store/open";
import { storeSimulations } from "../../../../store/simulations";
import { writeRun } from "../../../store/run-fixture";
import { copyOfStore, emptyStore } from "../../../store/store-copies";
import { toyRun } from "../toy-runs";

export interface CampaignShape {
  readonly seeds: readonly number[];
  readonly repeats: number;
  readonly jobs?: number;
  readonly users?: readonly string[];
}

const policies = ["fcfs", "easy"] as const;

export const hashOf = (policy: string, seed: number) => `${policy}-${seed}`;
export const runOf = (policy: string, seed: number, repeat: number) =>
  `20261121T230000Z-${policy.slice(0, 4)}${seed}${repeat}`;

/** Two policies × seeds, with noise between repeats, as a campaign `study` that is done; then changed. */
export async function campaignStore(
  directory: string,
  shape: CampaignShape,
  change: (connection: DuckDBConnection) => Promise<unknown> = async () => undefined,
): Promise<string> {
  const store = path.join(directory, "campaign.duckdb");
  await copyOfStore(store, JSON.stringify(["campaign", shape]), (file) =>
    fill(file, directory, shape),
  );
  await writeStore(store, change);
  return store;
}

async function fill(file: string, directory: string, shape: CampaignShape): Promise<void> {
  await emptyStore(file);
  const runs = Array.from({ length: shape.repeats }, (_, block) =>
    policies.flatMap((policy) => shape.seeds.map((seed) => ({ policy, seed, repeat: block + 1 }))),
  ).flat();
  const { seeds, repeats, ...jobs } = shape;
  await storePlan(file, planOf(seeds, repeats, runs));
  for (const [index, { policy, seed, repeat }] of runs.entries()) {
    // Noise that differs between the tuples too.
    const toy = toyRun({ policy, seed, repeat: repeat + 10 * seed, ...jobs });
    const type = policy === "fcfs" ? "builtin" : "backfill";
    const spec = {
      topology: { nodes: { count: 1 }, network: { cidr: `10.77.${index}.0/24` } },
      scheduler: { kind: "slurm", policy: { sched: { type } } },
      workload: { kind: "lublin", seed },
      run: { deadline: 300, repeat: 1 },
    };
    const run = {
      ...toy.run,
      id: runOf(policy, seed, repeat),
      tupleHash: hashOf(policy, seed),
      repeat,
      campaign: { name: "study", position: index + 1 },
      provenance: { ...toy.run.provenance, seed, specJson: JSON.stringify(spec) },
    };
    await loadRun(writeRun(directory, { ...toy, run, events: [], benchmarks: [] }), file);
  }
  await simulateFirst(file);
}

/** The first run of the plan is simulated, the others are not. */
async function simulateFirst(file: string): Promise<void> {
  const { id, hash, simulations } = await readStore(file, async (connection) => {
    const reader = await connection.runAndReadAll(
      "SELECT run_id, content_hash FROM runs WHERE campaign_position = 1",
    );
    const [[run, content] = []] = reader.getRows().map((row) => row.map(String));
    return {
      id: run ?? "",
      hash: content ?? "",
      simulations: await simulateRun(connection, run ?? ""),
    };
  });
  await storeSimulations(file, { runId: id, contentHash: hash }, simulations);
}

function planOf(
  seeds: readonly number[],
  repeats: number,
  runs: readonly { readonly policy: string; readonly seed: number; readonly repeat: number }[],
): StoredPlan {
  return {
    ...{ campaign: "study", repeats, orderSeed: 1, clustersAtOnce: 1, retryFailed: 1 },
    orderKept: "whole: all runs are on one cluster, in the random order",
    stacks: ["study-12345678"],
    tuples: policies.flatMap((policy) =>
      seeds.map((seed) => ({
        hash: hashOf(policy, seed),
        stack: "study-12345678",
        label: `${policy}, ${seed}`,
        axes: { scheduler: policy, "workload.seed": String(seed) },
        plannedSeconds: 60,
      })),
    ),
    runs: runs.map(({ policy, seed, repeat }, index) => ({
      tuple: hashOf(policy, seed),
      repeat,
      position: index + 1,
    })),
  };
}
