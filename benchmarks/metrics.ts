import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Command } from "commander";
import { execa } from "execa";
import { rows } from "../analysis/query";
import { storeSums } from "../store/figures";
import { readStore, writeStore } from "../store/open";
import { median, pythonWith } from "./python";

// The figures of one large run, and of its users, queues, accounts and QOS, out of the store: by the view job_figures, from the
// sums that loading a run keeps and (with another tau) from the jobs themselves, and by pandas from the
// same file, through DuckDB's Python client. In turns; start-up is left out of all.
const packages = ["pandas==2.2.3", "numpy==2.2.6", "duckdb==1.4.4"];
const aim = 10;

interface Options {
  readonly jobs: number;
  readonly rounds: number;
  readonly json: boolean;
}

/** Pseudo-random times of whole seconds, 97 users, 7 queues, 31 accounts, 3 QOS. */
const insertJobs = `
  INSERT INTO jobs BY NAME
  SELECT 'big' AS run_id, i AS job, 'user' || (i * i % 97) AS user_name, 'queue' || (i % 7) AS queue,
    'account' || (i * i % 97 % 31) AS account, 'qos' || (i % 3) AS qos, cores AS requested_cores, s AS submit_s, s + w AS start_s, s + w + r AS end_s,
    cores AS allocated_cores, 'completed' AS state
  FROM (
    SELECT i, i * 3.0 AS s, hash(i) % 2000 AS w, hash(i + 1) % 7200 AS r,
      (2 ** (hash(i + 2) % 5))::INTEGER AS cores
    FROM range($1::BIGINT) AS t(i)
  )`;

async function main(): Promise<void> {
  const options = new Command("metrics")
    .option("--jobs <count>", "jobs of the run", Number, 1_000_000)
    .option("--rounds <count>", "rounds, in turns", Number, 5)
    .option("--json", "print the figures as JSON", false)
    .parse()
    .opts<Options>();
  const python = await pythonWith(packages);
  const folder = mkdtempSync(path.join(tmpdir(), "schedlab-benchmark-"));
  try {
    const store = path.join(folder, "s.duckdb");
    let summing = 0;
    await writeStore(store, async (connection) => {
      await connection.run(
        `INSERT INTO runs (run_id, origin, experiment, tuple_hash, status, capacity_cores,
           content_hash, loaded_by_schema, loaded_at)
         VALUES ('big', 'imported', 'big', 'big', 'completed', 8192, '', 1, now()::TIMESTAMP)`,
      );
      await connection.run(insertJobs, [options.jobs]);
      const began = performance.now();
      await storeSums(connection, "big");
      summing = (performance.now() - began) / 1000;
    });
    const ours: number[] = [];
    const fetch: number[] = [];
    const compute: number[] = [];
    const fromJobs: number[] = [];
    const ourCpu: number[] = [];
    const theirCpu: number[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      const theirs = await pandas(python, store);
      fetch.push(...theirs.fetch);
      compute.push(...theirs.compute);
      theirCpu.push(...theirs.cpu);
      fromJobs.push(...(await views(store, otherTau)).seconds);
      const own = await views(store);
      ours.push(...own.seconds);
      ourCpu.push(...own.cpu);
      same(own.figures, theirs.figures);
    }
    const seconds = median(ours);
    const result = {
      jobs: options.jobs,
      viewSeconds: seconds,
      pandasFetchSeconds: median(fetch),
      pandasComputeSeconds: median(compute),
      sumSeconds: summing,
      fromJobsSeconds: median(fromJobs),
      fromJobsRatio: (median(fetch) + median(compute)) / median(fromJobs),
      ratio: (median(fetch) + median(compute)) / seconds,
      ratioWithoutFetch: median(compute) / seconds,
      // CPU time counts both threads of the view, and not what else runs on the machine.
      cpuRatio: median(theirCpu) / median(ourCpu),
      aim,
    };
    if (options.json) console.log(JSON.stringify(result, null, 2));
    else {
      console.log(
        `${result.jobs} jobs, median of ${options.rounds} rounds: view ${seconds.toFixed(3)} s, ` +
          `pandas ${result.pandasFetchSeconds.toFixed(3)} s to fetch and ` +
          `${result.pandasComputeSeconds.toFixed(3)} s to compute: ${result.ratio.toFixed(1)} times ` +
          `(aim: ${aim}), ${result.ratioWithoutFetch.toFixed(1)} times without the fetching, ` +
          `${result.cpuRatio.toFixed(1)} times by CPU time\n` +
          `the sums took ${summing.toFixed(3)} s, once, when the jobs were loaded; from the jobs ` +
          `themselves ${result.fromJobsSeconds.toFixed(3)} s: ${result.fromJobsRatio.toFixed(1)} times ` +
          `(aim: ${aim})`,
      );
    }
    if (result.ratio < aim || result.fromJobsRatio < aim) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Figures = Readonly<Record<string, unknown>>;
/** By scope and subject; the run's own subject is `run`. */
type ScopedFigures = Readonly<Record<string, Readonly<Record<string, Figures>>>>;

/** What each process does first is not counted, here and for pandas. */
const repeats = 4;

/** Not the 10 s that the kept sums are for. */
const otherTau = 11;

async function views(store: string, tau?: number) {
  return readStore(store, async (connection) => {
    if (tau !== undefined) await connection.run(`SET VARIABLE tau = ${tau}::DOUBLE`);
    const [seconds, cpu]: [number[], number[]] = [[], []];
    let figures: Figures[] = [];
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const used = process.cpuUsage();
      const began = performance.now();
      const found = await rows(connection, "SELECT * FROM job_figures WHERE run_id = 'big'");
      seconds.push((performance.now() - began) / 1000);
      const { user, system } = process.cpuUsage(used);
      cpu.push((user + system) / 1e6);
      figures = found;
    }
    return { seconds: seconds.slice(1), cpu: cpu.slice(1), figures };
  });
}

async function pandas(python: string, store: string) {
  const script = path.join(__dirname, "metrics_pandas.py");
  const { stdout } = await execa(python, [script, store, "big", String(repeats)]);
  const result = JSON.parse(stdout) as {
    readonly fetch: number[];
    readonly compute: number[];
    readonly cpu: number[];
    readonly figures: ScopedFigures;
  };
  const { fetch, compute, cpu, figures } = result;
  return { fetch: fetch.slice(1), compute: compute.slice(1), cpu: cpu.slice(1), figures };
}

/** Throws when pandas and the view differ in a figure, a user, a queue, an account or a QOS. */
function same(ours: readonly Figures[], theirs: ScopedFigures): void {
  const subjects = Object.values(theirs).flatMap((scope) => Object.keys(scope));
  if (ours.length !== subjects.length) {
    throw new Error(`${ours.length} rows by the view, ${subjects.length} by pandas`);
  }
  for (const row of ours) {
    const { scope, subject } = row;
    const where = `${scope} ${subject ?? ""}`;
    const figures = theirs[String(scope)]?.[String(subject ?? "run")];
    if (figures === undefined) throw new Error(`pandas has no ${where}`);
    for (const [name, value] of Object.entries(figures)) {
      const difference = Math.abs(Number(row[name]) - Number(value));
      if (!(difference <= 1e-9 * Math.abs(Number(value)))) {
        throw new Error(`${where}, ${name}: ${row[name]} by the view, ${value} by pandas`);
      }
    }
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
