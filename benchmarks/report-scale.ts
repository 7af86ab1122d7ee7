import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { Command } from "commander";
import { makeReport } from "../analysis/report/report";
import { storeFigures, storeSums } from "../store/figures";
import { newestVersion } from "../store/migrate";
import { writeStore } from "../store/open";

/**
 * The report of one run at several sizes: seconds, CPU time, peak memory of the process so far, and the size
 * of the page. Aim: the largest within 30 s of CPU time, and no page more than three times the smallest.
 * Making the stores is left out.
 * Usage: npx tsx benchmarks/report-scale.ts [--out DIRECTORY, where the pages are kept]
 */
const sizes = [
  { jobs: 200, nodes: 8, emulated: false },
  { jobs: 2_000, nodes: 1_000, emulated: true },
  { jobs: 20_000, nodes: 1_000, emulated: true },
  { jobs: 100_000, nodes: 64, emulated: false },
] as const;
type Size = (typeof sizes)[number];

const coresPerNode = 32;
const mostCpuSeconds = 30;
const mostGrowth = 3;

/** Jobs of 1 to 16 nodes, each node for itself, without regard to who else is on it: only the amount matters. */
async function fillStore(connection: DuckDBConnection, { jobs, nodes, emulated }: Size) {
  const topology = { nodes: { count: 1, ...(emulated ? { emulated: { perDomain: nodes } } : {}) } };
  await connection.run(
    `INSERT INTO runs BY NAME SELECT 'run' AS run_id, 'live' AS origin, 'scale' AS experiment, 't' AS tuple_hash,
       'completed' AS status, TIMESTAMP '2026-11-26' AS started_at, 'slurm' AS scheduler_kind,
       ${nodes * coresPerNode} AS capacity_cores, ${jobs} AS planned_jobs, $1 AS spec, 'h' AS content_hash,
       ${newestVersion()} AS loaded_by_schema, TIMESTAMP '2026-11-26' AS loaded_at`,
    [JSON.stringify({ topology })],
  );
  await connection.run(
    `INSERT INTO nodes BY NAME SELECT 'run' AS run_id, printf('node01-%04d', n) AS node, 'compute' AS role,
       'nodes' AS pool, ${coresPerNode} AS vcpus, ${emulated ? "'node01'" : "NULL"} AS emulated_on
     FROM range(1, ${nodes + 1}) AS t(n)`,
  );
  // Two jobs a second, each with a width, a wait and a length from its hash.
  await connection.run(
    `INSERT INTO jobs BY NAME
     WITH drawn AS (
       SELECT j AS job, j / 2.0 AS submit_s, 1 + (hash(j) % 4)::INTEGER AS width,
         (hash(j + 0.1) % 600)::DOUBLE / 10 AS wait, 1 + (hash(j + 0.2) % 6000)::DOUBLE / 10 AS run,
         (hash(j + 0.3) % ${nodes})::INTEGER AS first
       FROM range(1, ${jobs + 1}) AS t(j)
     )
     SELECT 'run' AS run_id, job::INTEGER AS job, printf('user%02d', job % 12) AS user_name, submit_s,
       submit_s + 0.01 AS accept_s, submit_s AS due_s, submit_s + wait AS start_s, submit_s + wait + run AS end_s,
       width * ${coresPerNode} AS requested_cores, width * ${coresPerNode} AS allocated_cores, run AS planned_run_s,
       2 * run AS limit_s, 'completed' AS state,
       list_transform(range(width), lambda k: printf('node01-%04d', 1 + ((first + k) % ${nodes})::INTEGER)) AS nodes
     FROM drawn`,
  );
  await storeSums(connection, "run");
  await storeFigures(connection, "run");
}

async function main(): Promise<void> {
  const { out } = new Command("report-scale")
    .option("--out <directory>", "where to keep the pages")
    .parse()
    .opts<{ readonly out?: string }>();
  const directory = mkdtempSync(path.join(tmpdir(), "schedlab-report-scale-"));
  const bytes: number[] = [];
  try {
    for (const size of sizes) {
      const store = path.join(directory, `${size.jobs}.duckdb`);
      await writeStore(store, (connection) => fillStore(connection, size));
      const [began, used] = [performance.now(), process.cpuUsage()];
      const { html } = await makeReport({
        ...{ store, varied: "scheduler", allowUnequal: false, accepted: [] },
        generatedAt: new Date(),
      });
      const { user, system } = process.cpuUsage(used);
      const cpu = (user + system) / 1e6;
      bytes.push(html.length);
      const peak = process.resourceUsage().maxRSS / 1024;
      console.log(
        `${String(size.jobs).padStart(6)} jobs on ${String(size.nodes).padStart(4)} nodes: ` +
          `${((performance.now() - began) / 1000).toFixed(1)} s, CPU ${cpu.toFixed(1)} s, ` +
          `peak ${peak.toFixed(0)} MiB, page ${(html.length / 1024).toFixed(0)} KiB`,
      );
      if (cpu > mostCpuSeconds) process.exitCode = 1;
      if (out !== undefined) writeFileSync(path.join(out, `${size.jobs}-${size.nodes}.html`), html);
    }
    const growth = Math.max(...bytes) / (bytes[0] ?? 1);
    console.log(
      `the largest page is ${growth.toFixed(2)} times the smallest (aim: at most ${mostGrowth})`,
    );
    if (growth > mostGrowth) process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
