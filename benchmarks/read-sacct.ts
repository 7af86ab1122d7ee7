import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { Command } from "commander";
import { execa } from "execa";
import { insertForeign, readForeign } from "../store/foreign-log";
import { transaction } from "../store/migrate";
import { writeStore } from "../store/open";
import { openLog } from "../workloads/logs/open";
import { mebibytes, peakOf } from "./peak";
import { median, pythonWith } from "./python";

// A dump of sacct read with every check and in the store, committed, beside DuckDB's own unchecked read_csv
// of the same file into one table of a file, and beside pandas doing the same: reading, taking apart,
// checking and storing. The jobs of the two have to be equal in every column that a log fills. In turns; imports and
// start-up are left out of all.
const packages = ["pandas==2.2.3", "numpy==2.2.6", "duckdb==1.4.4"];
const most = 1.5;
const aim = 10;

interface Options {
  readonly rows: number;
  readonly rounds: number;
  readonly pandasRounds: number;
  readonly json: boolean;
}

/** The fields that Open XDMoD asks sites for; pseudo-random from a seed. */
const rows = `
  SELECT
    i AS JobID, i AS JobIDRaw, 'cluster' AS Cluster,
    ['batch', 'gpu', 'long', 'debug'][1 + r(i, 0) % 4] AS Partition, 'normal' AS QOS,
    'account' || r(i, 1) % 60 AS Account, 'group' || r(i, 2) % 30 AS "Group",
    1000 + r(i, 2) % 30 AS GID, 'user' || r(i, 3) % 300 AS "User", 2000 + r(i, 3) % 300 AS UID,
    moment(s) AS Submit, moment(s) AS Eligible, moment(s + w) AS Start, moment(s + w + d) AS "End",
    clock(d) AS Elapsed, '0:0' AS ExitCode,
    ['COMPLETED', 'COMPLETED', 'COMPLETED', 'FAILED', 'CANCELLED by 1234', 'TIMEOUT'][1 + r(i, 4) % 6]
      AS State,
    n AS NNodes, n * c AS NCPUS, n * c AS ReqCPUS, 2 * c || 'Gn' AS ReqMem,
    tres AS ReqTRES, tres AS AllocTRES,
    CASE WHEN r(i, 5) % 3 = 0 THEN '1-00:00:00' ELSE '04:00:00' END AS Timelimit,
    CASE WHEN n = 1 THEN 'node' || four(r(i, 6) % 400)
      ELSE 'node[' || four(r(i, 6) % 400) || '-' || four(r(i, 6) % 400 + n - 1) || ']' END AS NodeList,
    'job_' || r(i, 7) % 5000 || '_run' AS JobName
  FROM (
    SELECT *, 'billing=' || n * c || ',cpu=' || n * c
      || CASE WHEN r(i, 0) % 4 = 1 THEN ',gres/gpu=2,gres/gpu:a100=2' ELSE '' END
      || ',mem=' || 2 * c * n || 'G,node=' || n AS tres
    FROM (
      SELECT i, 1704067200 + i * 20 AS s, r(i, 8) % 20000 AS w, r(i, 9) % 30000 AS d,
        (2 ** (r(i, 10) % 5))::INTEGER AS c, (2 ** (r(i, 11) % 3))::INTEGER AS n
      FROM range(1, $1::BIGINT + 1) AS t(i)))`;
const macros = `
  CREATE MACRO r(i, stream) AS (hash(i * 16 + stream) % 1000000007)::BIGINT;
  CREATE MACRO moment(s) AS strftime(to_timestamp(s)::TIMESTAMP, '%Y-%m-%dT%H:%M:%S');
  CREATE MACRO clock(s) AS strftime(to_timestamp(s)::TIMESTAMP, '%H:%M:%S');
  CREATE MACRO four(n) AS lpad(n::VARCHAR, 4, '0');`;

async function main(): Promise<void> {
  const options = new Command("read-sacct")
    .option("--rows <count>", "rows of the dump", Number, 1_000_000)
    .option("--rounds <count>", "rounds, in turns", Number, 3)
    .option("--pandas-rounds <count>", "rounds of pandas among them", Number, 1)
    .option("--json", "print the figures as JSON", false)
    .parse()
    .opts<Options>();
  const python = await pythonWith(packages);
  const folder = mkdtempSync(path.join(tmpdir(), "schedlab-benchmark-"));
  try {
    const log = path.join(folder, "sacct.txt");
    await writeLog(log, options.rows);
    const ours: Cost[] = [];
    const tables: Cost[] = [];
    const pandas: number[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      tables.push(await readCsv(path.join(folder, `table-${round}.duckdb`), log));
      ours.push(await load(path.join(folder, `store-${round}.duckdb`), log, options.rows));
      if (round >= options.pandasRounds) continue;
      const script = path.join(__dirname, "read_sacct_pandas.py");
      const store = path.join(folder, `pandas-${round}.duckdb`);
      const { stdout } = await execa(python, [script, log, store], { timeout: 1_800_000 });
      const found = JSON.parse(stdout) as { seconds: number; jobs: number };
      if (found.jobs !== options.rows) throw new Error(`pandas found ${found.jobs} jobs`);
      await compare(path.join(folder, `store-${round}.duckdb`), store);
      pandas.push(found.seconds);
    }
    const of = (costs: readonly Cost[], part: keyof Cost) =>
      median(costs.map((cost) => cost[part]));
    const store = path.join(folder, "command.duckdb");
    const result = {
      rows: options.rows,
      loadSeconds: of(ours, "seconds"),
      readCsvSeconds: of(tables, "seconds"),
      pandasSeconds: median(pandas),
      /** Of the load, in times of read_csv. */
      ratio: of(ours, "seconds") / of(tables, "seconds"),
      // CPU time counts all threads, and not what else runs on the machine.
      cpuRatio: of(ours, "cpu") / of(tables, "cpu"),
      pandasRatio: median(pandas) / of(ours, "seconds"),
      peakBytes: await peakOf("import", log, "--name", "log", "--store", store),
    };
    if (options.json) console.log(JSON.stringify(result, null, 2));
    else {
      console.log(
        `${result.rows} rows, median of ${options.rounds} rounds: in the store after ` +
          `${result.loadSeconds.toFixed(2)} s, read_csv into one table ${result.readCsvSeconds.toFixed(2)} s: ` +
          `${result.ratio.toFixed(2)} times (aim: at most ${most}), ${result.cpuRatio.toFixed(2)} times the CPU ` +
          `time; pandas ${result.pandasSeconds.toFixed(2)} s, ${result.pandasRatio.toFixed(1)} times ours ` +
          `(aim: ${aim}); importing takes ${mebibytes(result.peakBytes)} at most`,
      );
    }
    if (result.ratio > most || result.pandasRatio < aim) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeLog(file: string, count: number): Promise<void> {
  await within(":memory:", async (connection) => {
    await connection.run(macros);
    await connection.run(`CREATE TABLE dump AS ${rows}`, [count]);
    await connection.run(`COPY dump TO '${file}' (DELIMITER '|', HEADER, QUOTE '')`);
  });
}

/** Throws when the jobs of two files differ in any column of the second. */
function compare(ours: string, theirs: string): Promise<void> {
  return within(ours, async (connection) => {
    await connection.run(`ATTACH '${theirs}' AS theirs (READ_ONLY)`);
    const columns = await connection.runAndReadAll(
      "SELECT string_agg(column_name, ', ') FROM (DESCRIBE theirs.jobs)",
    );
    const names = String(columns.getRows()[0]?.[0]);
    const found = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER, any_value(other) FROM (
         SELECT ${names} FROM jobs EXCEPT ALL SELECT ${names} FROM theirs.jobs) AS other`,
    );
    const [count, first] = found.getRows()[0] ?? [];
    if (count !== 0) throw new Error(`${count} jobs differ from pandas', such as ${first}`);
  });
}

type Connection = Awaited<ReturnType<DuckDBInstance["connect"]>>;

async function within<T>(file: string, use: (connection: Connection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(file);
  try {
    const connection = await instance.connect();
    try {
      return await use(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

interface Cost {
  readonly seconds: number;
  readonly cpu: number;
}

async function timed(work: () => Promise<unknown>): Promise<Cost> {
  const used = process.cpuUsage();
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(used);
  return { seconds, cpu: (user + system) / 1e6 };
}

function readCsv(table: string, log: string): Promise<Cost> {
  return timed(() =>
    within(table, (connection) =>
      connection.run(`CREATE TABLE dump AS FROM read_csv('${log}', delim = '|')`),
    ),
  );
}

function load(store: string, log: string, count: number): Promise<Cost> {
  return writeStore(store, async (connection) => {
    const cost = await timed(() =>
      openLog(log, { mode: "strict" }, async (opened) => {
        if (opened.swf !== null) throw new Error("the dump is taken for a log of the standard");
        const loaded = await readForeign(connection, opened.log);
        await transaction(connection, () => insertForeign(connection, "log", loaded));
      }),
    );
    const found = await connection.runAndReadAll("SELECT count(*)::INTEGER FROM jobs");
    if (found.getRows()[0]?.[0] !== count) throw new Error("not every row is a job");
    return cost;
  });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
