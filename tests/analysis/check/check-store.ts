import path from "node:path";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { writeStore } from "../../../store/open";
import { emptyStore } from "../../store/store-copies";

export interface CheckRun {
  readonly id: string;
  readonly experiment: string;
  /** Of the workload: another seed is another job list. */
  readonly seed?: number;
  readonly version?: string;
  readonly policy?: string;
  readonly kernel?: string;
  /** Factor of an accelerated clock. */
  readonly clock?: number;
  readonly status?: string;
  readonly failedCheck?: string;
  /** Null is unknown, because `unknown for a test`. */
  readonly metrics: Readonly<Record<string, number | null>>;
}

/** A store of runs that have metrics and conditions, but no jobs. Later runs are newer. */
export async function checkStore(directory: string, runs: readonly CheckRun[]): Promise<string> {
  const store = path.join(directory, "check.duckdb");
  await emptyStore(store);
  await writeStore(store, async (connection) => {
    for (const [index, run] of runs.entries()) {
      const { seed = 1, version = "1.0", policy = "backfill", kernel = "6.12", clock } = run;
      const ofRun = clock === undefined ? {} : { run: { clock: { accelerated: clock } } };
      await connection.run(
        `INSERT INTO runs (run_id, origin, experiment, tuple_hash, repeat, status, started_at, spec, seed,
           scheduler_kind, scheduler_version, policy, node_kernel, content_hash, loaded_by_schema, loaded_at)
         VALUES ($1, 'live', $2, $2, 1, $3, TIMESTAMP '2026-11-21' + to_seconds($4), $5, $6,
           'slurm', $7, $8, $9, 'hash', 1, TIMESTAMP '2026-11-21')`,
        [
          run.id,
          run.experiment,
          run.status ?? "completed",
          index,
          JSON.stringify({ topology: { nodes: 2 }, workload: { kind: "lublin", seed }, ...ofRun }),
          seed,
          version,
          JSON.stringify({ sched: { type: policy } }),
          kernel,
        ],
      );
      for (const [name, value] of Object.entries(run.metrics)) {
        await connection.run(
          `INSERT INTO metrics VALUES ($1, $2, 'run', NULL, $3, 's', 'for a test', $4)`,
          [run.id, name, value, value === null ? "unknown for a test" : null],
        );
      }
      if (run.failedCheck !== undefined) {
        await connection.run(
          "INSERT INTO audits VALUES ($1, $2, 'failed', NULL, NULL, NULL, 'for a test', [])",
          [run.id, run.failedCheck],
        );
      }
    }
  });
  return store;
}

export interface Side {
  readonly experiment: string;
  /** Job lists, as seeds. */
  readonly lists: number;
  readonly repeats: number;
  /** Factor on every figure: 1.1 is a regression of 10 % where lower is better. */
  readonly factor: number;
  /** Relative standard deviation between repeats. */
  readonly noise: number;
  readonly version?: string;
}

/** Runs of a side: makespans of job lists that differ a lot, times the side's factor and a seeded noise. */
export function sideRuns(side: Side, seed: number): CheckRun[] {
  const generator = xoroshiro128plus(seed);
  /** Sum of twelve uniform numbers: close to normal, with variance 1. */
  const normal = () =>
    Array.from({ length: 12 }, () => uniformFloat64(generator)).reduce((a, b) => a + b, -6);
  return Array.from({ length: side.lists }, (_, list) =>
    Array.from({ length: side.repeats }, (_, repeat) => ({
      id: `${side.experiment}-${list + 1}-${repeat + 1}`,
      experiment: side.experiment,
      seed: list + 1,
      version: side.version ?? "1.0",
      metrics: {
        makespan: 1000 * (1 + 0.5 * list) * side.factor * (1 + side.noise * normal()),
      },
    })),
  ).flat();
}
