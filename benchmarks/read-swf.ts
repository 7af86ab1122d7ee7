import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Command } from "commander";
import { execa } from "execa";
import { repoRoot } from "../base/paths";
import { insertLog } from "../store/import";
import { transaction } from "../store/migrate";
import { writeStore } from "../store/open";
import { modelLog } from "../workloads/models/log";
import { lublinJobs } from "../workloads/models/lublin";
import { SwfReading } from "../workloads/swf/read";
import { swfFields } from "../workloads/swf/record";
import { swfLines } from "../workloads/swf/write";
import { median, pythonWith } from "./python";

// Reading a log with every check and loading it into a DuckDB file, committed, beside evalys reading
// the same file into a data frame. In turns; imports and start-up are left out of both. evalys has not
// been kept up with pandas 3, which took away the argument that it reads with.
const packages = ["evalys==4.0.7", "pandas==2.2.3", "numpy==2.2.6", "setuptools==75.6.0"];
const readAim = 3;
const mostOfFloor = 1.3;

interface Options {
  readonly records: number;
  readonly rounds: number;
  readonly json: boolean;
}

async function main(): Promise<void> {
  const options = new Command("read-swf")
    .option("--records <count>", "records of the log", Number, 40_000)
    .option("--rounds <count>", "rounds, in turns", Number, 5)
    .option("--json", "print the figures as JSON", false)
    .parse()
    .opts<Options>();
  const python = await pythonWith(packages);
  const folder = mkdtempSync(path.join(tmpdir(), "schedlab-benchmark-"));
  try {
    const log = path.join(folder, "log.swf");
    await writeLog(log, options.records);
    const ours: number[] = [];
    const reads: number[] = [];
    const theirs: number[] = [];
    const floors: number[] = [];
    const commands: number[] = [];
    const theirCommands: number[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      theirs.push(...(await evalys(python, log)));
      reads.push(await read(log));
      ours.push(await load(path.join(folder, `${round}.duckdb`), log, options.records));
      const store = path.join(folder, `${round}-command.duckdb`);
      const schedlab = path.join(repoRoot, "bin", "schedlab.js");
      commands.push(
        await wholeCommand("node", [schedlab, "import", log, "--name", "log", "--store", store]),
      );
      theirCommands.push(await wholeCommand(python, [evalysScript, log, "1"]));
      floors.push(await floor(path.join(folder, `${round}-floor.duckdb`), log));
    }
    const result = {
      records: options.records,
      loadSeconds: median(ours),
      readSeconds: median(reads),
      evalysSeconds: median(theirs),
      /** Of evalys, in times of reading with every check and without the store, as evalys does. */
      readRatio: median(theirs) / median(reads),
      floorSeconds: median(floors),
      /** Of reading and loading, in times of read_csv into the same table. */
      floorRatio: median(ours) / median(floors),
      commandSeconds: median(commands),
      evalysCommandSeconds: median(theirCommands),
      growth: await growth(folder, options.records),
    };
    if (options.json) console.log(JSON.stringify(result, null, 2));
    else {
      console.log(
        `${result.records} records, median of ${options.rounds} rounds: read in ` +
          `${result.readSeconds.toFixed(3)} s, by evalys in ${result.evalysSeconds.toFixed(3)} s: ` +
          `${result.readRatio.toFixed(1)} times as long (aim: ${readAim})\n` +
          `read and loaded into DuckDB ${result.loadSeconds.toFixed(3)} s, by DuckDB's own read_csv into the ` +
          `same table, without a check, ${result.floorSeconds.toFixed(3)} s: ` +
          `${result.floorRatio.toFixed(2)} times (aim: at most ${mostOfFloor})\n` +
          `whole commands, start-up included: schedlab import, with the run's figures, ` +
          `${result.commandSeconds.toFixed(2)} s; Python that imports evalys and reads ` +
          `${result.evalysCommandSeconds.toFixed(2)} s: ` +
          `${(result.evalysCommandSeconds / result.commandSeconds).toFixed(1)} times\n` +
          `peak memory of the reader for 40 times the records against 10 times: ` +
          `${(result.growth / 2 ** 20).toFixed(0)} MiB more`,
      );
    }
    if (result.readRatio < readAim || result.floorRatio > mostOfFloor) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A Lublin-Feitelson log with a recorded wait, so that no field is unknown throughout. */
async function writeLog(file: string, count: number): Promise<void> {
  const model = { type: "typeless", jobs: count, procs: 128, seed: 1, users: 64 } as const;
  const { header, records } = modelLog(lublinJobs(model), 128);
  const waited = [...records].map((record) => ({
    ...record,
    wait: (record.job * 37) % 5000,
    allocated: record.requested,
    status: 1,
  }));
  await writeFile(file, `${[...swfLines(header, waited)].join("\n")}\n`);
}

/** Seconds of the second reading; the first one compiles, as evalys's does. */
async function read(log: string): Promise<number> {
  for await (const _ of new SwfReading(log, "strict").numbers());
  const began = performance.now();
  for await (const _ of new SwfReading(log, "strict").numbers());
  return (performance.now() - began) / 1000;
}

/** Seconds of reading, loading and committing into a store that is open. */
async function load(store: string, log: string, count: number): Promise<number> {
  return writeStore(store, async (connection) => {
    // The first round compiles, as evalys's does.
    for await (const _ of new SwfReading(log, "strict").numbers());
    const began = performance.now();
    const reading = new SwfReading(log, "strict");
    await transaction(connection, () =>
      insertLog(
        connection,
        { swf: reading, log: reading, why: "" },
        { runId: "log", contentHash: "" },
        { name: "log" },
      ),
    );
    const seconds = (performance.now() - began) / 1000;
    if (reading.records !== count) throw new Error(`${reading.records} records were read`);
    return seconds;
  });
}

/** Seconds of the least that DuckDB itself needs for the same rows, unchecked, committed. */
async function floor(store: string, log: string): Promise<number> {
  const columns = swfFields.map(([field]) => `'${field}': 'DOUBLE'`).join(", ");
  return writeStore(store, async (connection) => {
    const began = performance.now();
    await transaction(connection, () =>
      connection.run(
        `INSERT INTO jobs BY NAME
         SELECT 'log' AS run_id, job::INTEGER AS job, "user"::BIGINT::VARCHAR AS user_name,
           queue::BIGINT::VARCHAR AS queue, submit AS planned_submit_s, run AS planned_run_s,
           estimate AS limit_s, job::BIGINT AS trace_job, submit AS submit_s,
           submit + wait AS start_s, submit + wait + run AS end_s,
           allocated::INTEGER AS allocated_cores, 'completed' AS state
         FROM read_csv('${log}', delim = ' ', header = false, comment = ';', auto_detect = false,
           columns = {${columns}})`,
      ),
    );
    return (performance.now() - began) / 1000;
  });
}

const evalysScript = path.join(__dirname, "read_swf_evalys.py");

/** Seconds from start to exit, as a user waits for it. */
async function wholeCommand(command: string, words: readonly string[]): Promise<number> {
  const began = performance.now();
  await execa(command, words, { timeout: 600_000 });
  return (performance.now() - began) / 1000;
}

async function evalys(python: string, log: string): Promise<number[]> {
  const { stdout } = await execa(python, [evalysScript, log, "2"]);
  // The first round of a process warms its caches up.
  return (JSON.parse(stdout) as { seconds: number[] }).seconds.slice(1);
}

/**
 * Bytes more that reading a log of 40 times the records takes than reading one of 10 times. Below
 * that the heap is still growing to the size at which it is swept regularly.
 */
async function growth(folder: string, count: number): Promise<number> {
  const [short = 0, long = 0] = [
    await peakMemory(path.join(folder, "short.swf"), count * 10),
    await peakMemory(path.join(folder, "long.swf"), count * 40),
  ];
  return long - short;
}

/**
 * Peak resident bytes of a process that reads such a log. Not by getrusage: its figure begins with the
 * peak of the process that started this one.
 */
async function peakMemory(log: string, count: number): Promise<number> {
  await writeLog(log, count);
  const code = `
    const { SwfReading } = require(${JSON.stringify(path.resolve("workloads/swf/read"))});
    (async () => {
      for await (const _ of new SwfReading(process.argv[1], "strict").numbers()) continue;
      const status = require("node:fs").readFileSync("/proc/self/status", "utf8");
      console.log(1024 * Number(/VmHWM:\\s+(\\d+)/.exec(status)[1]));
    })();`;
  const { stdout } = await execa(process.execPath, ["-r", "tsx/cjs", "-e", code, log]);
  return Number(stdout);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
