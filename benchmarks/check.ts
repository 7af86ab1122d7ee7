import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkRegression } from "../analysis/check/check";
import { readFailed, readGroups, readHeads, readMetrics } from "../analysis/check/read";
import { readStore, writeStore } from "../store/open";

/**
 * `schedlab check` over a store of two campaigns with 10,000 finished runs: 20 tuples, 50 job lists, 5
 * repeats for each side, 15 checks of an audit and 40 metrics a run. Prints the parts of its reading and
 * the whole, as elapsed and as CPU time; aim: less than a second for the whole on a quiet machine.
 * Usage: npx tsx benchmarks/check.ts
 */
const rounds = 5;
const limit = 1;
const size = { tuples: 20, jobLists: 50, repeats: 5 };

/** One row for each run, on either side: what differs between them. */
const everyRun = `
  SELECT side, tuple, list, repeat, side || '-' || tuple || '-' || list || '-' || repeat AS run
  FROM (VALUES ('old'), ('new')) AS sides (side), range(${size.tuples}) AS tuples (tuple),
    range(${size.jobLists}) AS lists (list), range(${size.repeats}) AS repeats (repeat)`;

async function fill(store: string): Promise<void> {
  // As long as those of real runs, in JSON.
  const [topology, packages] = [1000, 300].map((length) => JSON.stringify("x".repeat(length)));
  await writeStore(store, async (connection) => {
    await connection.run(
      `INSERT INTO runs BY NAME
       SELECT
         run AS run_id, 'live' AS origin, side AS experiment, 'tuple' AS tuple_hash, repeat + 1 AS repeat,
         'completed' AS status, TIMESTAMP '2026-11-21' + to_seconds(60 * repeat) AS started_at,
         format('{{"topology":{{"nodes":2,"names":{}}},"workload":{{"kind":"lublin","seed":{}}}}}',
           '${topology}', list) AS spec,
         list AS seed, 'scheduler' AS scheduler_kind,
         CASE side WHEN 'old' THEN '1.0' ELSE '2.0' END AS scheduler_version,
         format('{{"weight":{}}}', tuple) AS policy, '${packages}' AS image_packages,
         '${packages}' AS node_software, 'hash' AS content_hash, 1 AS loaded_by_schema,
         TIMESTAMP '2026-11-21' AS loaded_at
       FROM (${everyRun})`,
    );
    await connection.run(
      `INSERT INTO metrics BY NAME
       SELECT run AS run_id, name, 'run' AS scope, 's' AS unit, 'for a benchmark' AS definition,
         (100 + list) * (1 + 0.01 * (hash(run, name) % 1000) / 1000.0) AS value
       FROM (${everyRun}), (
         SELECT unnest(['utilisation', 'jain', 'makespan', 'mean_bounded_slowdown']) AS name
         UNION ALL SELECT 'other_' || i FROM range(36) AS others (i))`,
    );
    await connection.run(
      `INSERT INTO audits BY NAME
       SELECT run AS run_id, 'check-' || i AS check_name, 'passed' AS verdict,
         'for a benchmark' AS explanation, []::VARCHAR[] AS touches
       FROM (${everyRun}), range(15) AS checks (i)`,
    );
  });
}

/** Elapsed time, and CPU time of all threads, in seconds. */
interface Taken {
  readonly elapsed: number;
  readonly cpu: number;
}

async function timed(work: () => Promise<unknown>): Promise<Taken> {
  const [started, used] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(used);
  return { elapsed: (performance.now() - started) / 1000, cpu: (user + system) / 1e6 };
}

function print(name: string, { elapsed, cpu }: Taken): void {
  console.log(`${name.padEnd(24)} ${elapsed.toFixed(3)} s, CPU ${cpu.toFixed(3)} s`);
}

/** The medians of the rounds, after one that warms up. */
async function median(name: string, work: () => Promise<unknown>): Promise<Taken> {
  await work();
  const taken: Taken[] = [];
  for (let round = 0; round < rounds; round += 1) taken.push(await timed(work));
  const middle = (of: (one: Taken) => number) =>
    taken.map(of).sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
  const result = { elapsed: middle(({ elapsed }) => elapsed), cpu: middle(({ cpu }) => cpu) };
  print(name, result);
  return result;
}

async function main(): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), "schedlab-check-"));
  try {
    const store = path.join(directory, "s.duckdb");
    await fill(store);
    const runs = 2 * size.tuples * size.jobLists * size.repeats;
    console.log(`${runs} runs, ${size.tuples} tuples, median of ${rounds} rounds`);
    const metrics = ["utilisation", "jain", "makespan", "mean_bounded_slowdown"];
    await median("opening the store", () => readStore(store, async () => undefined));
    await readStore(store, async (connection) => {
      await median("  names of the runs", () => readHeads(connection));
      await median("  conditions", () => readGroups(connection));
      await median("  failed checks", () => readFailed(connection, []));
      await median("  metrics", () => readMetrics(connection, metrics));
    });
    const check = () =>
      checkRegression({
        store,
        baseline: ["old"],
        candidate: ["new"],
        varied: "scheduler",
        allowUnequal: false,
        accepted: [],
        maxRegression: 0.05,
        theseJobs: false,
      });
    print("the whole, first time", await timed(check));
    const whole = await median("the whole", check);
    const { outcome, pairs } = await check();
    console.log(`${pairs.length} pairs of tuples: ${outcome}`);
    if (whole.elapsed > limit) process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
