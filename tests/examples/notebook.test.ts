import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { expect, type TestContext, test } from "vitest";
import { z } from "zod";
import { query } from "../../analysis/query";
import { repoRoot } from "../../base/paths";
import { pythonWith } from "../../benchmarks/python";
import packageJson from "../../package.json";
import { storeAudit } from "../../store/audits";
import { loadRun } from "../../store/load";
import type { JobRecord, NodeRecord } from "../../store/record";
import { jobRecord, nodes, runRecord, temporaryDirectory, writeRun } from "../store/run-fixture";

const folder = path.join(repoRoot, "examples", "notebook");
const requirements = readFileSync(path.join(folder, "requirements.txt"), "utf8")
  .split("\n")
  .map((line) => line.replace(/#.*/, "").trim())
  .filter((line) => line !== "");

const outputSchema = z.object({
  output_type: z.string(),
  name: z.string().optional(),
  text: z.array(z.string()).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});
const notebookSchema = z.object({
  cells: z.array(
    z.object({
      id: z.string(),
      cell_type: z.enum(["markdown", "code"]),
      execution_count: z.number().nullish(),
      outputs: z.array(outputSchema).optional(),
    }),
  ),
});

function readNotebook(file: string) {
  return notebookSchema.parse(JSON.parse(readFileSync(file, "utf8"))).cells;
}

/** A Python with the notebook's packages; a host that cannot have it skips the test. */
async function pythonOf({ skip }: TestContext): Promise<string> {
  const able = "import sys, ensurepip, venv; print(sys.version_info >= (3, 11))";
  const { exitCode, stdout } = await execa("python3", ["-c", able], { reject: false });
  if (exitCode !== 0) skip("no python3 with the modules venv and ensurepip");
  if (stdout.trim() !== "True") skip("python3 is older than 3.11, which the packages need");
  try {
    return await pythonWith(requirements);
  } catch (error) {
    if (!/connection|resolution|unreachable|timed out/i.test(String(error))) throw error;
    return skip("the registry of Python packages cannot be reached");
  }
}

interface MadeUp {
  readonly id: string;
  readonly scheduler?: string;
  readonly policy?: string;
  readonly jobs?: readonly JobRecord[];
  readonly nodes?: readonly NodeRecord[];
}

/** Six jobs on four cores by two users; the second user's wait as long as `delay` says. */
const jobsWith = (delay: number): JobRecord[] => [
  jobRecord(1, "user01", 2, [0, 0, 20]),
  jobRecord(2, "user02", 2, [1, 1 + delay, 21 + delay]),
  jobRecord(3, "user01", 1, [2, 2.5, 12.5]),
  jobRecord(4, "user02", 4, [3, 40 + delay, 55 + delay]),
  jobRecord(5, "user01", 1, [4, 4.25, 9]),
  jobRecord(6, "user02", 1, [5, 13 + delay, 20 + delay]),
];

const slurm = { scheduler: "slurm", policy: '{"sched":{"type":"backfill"}}' };
const flux = { scheduler: "flux", policy: '{"sched":{"queuePolicy":"easy","type":"fluxion"}}' };
const runs: readonly MadeUp[] = [
  // On another cluster than the newest run.
  { id: "20261121T233000Z-k3f9qa", ...slurm, nodes: nodes.slice(0, 1) },
  { id: "20261121T233001Z-k3f9qb", ...slurm, jobs: jobsWith(3) },
  { id: "20261121T233002Z-k3f9qc", ...slurm, jobs: jobsWith(1.5) },
  { id: "20261121T233003Z-k3f9qd", ...flux, jobs: jobsWith(0.5) },
  { id: "20261121T233004Z-k3f9qe", ...flux, jobs: jobsWith(30) },
];
const failedRun = "20261121T233004Z-k3f9qe";

async function storeOfRuns(): Promise<string> {
  const store = path.join(temporaryDirectory(), "s.duckdb");
  for (const [index, made] of runs.entries()) {
    const run = runRecord();
    const startedAt = run.startedAt + index * 0.001;
    const { id, scheduler = "", policy = "", ...records } = made;
    const provenance = { ...run.provenance, schedulerKind: scheduler, policyJson: policy };
    const record = { ...run, id, startedAt, plannedJobs: 6, provenance };
    await loadRun(writeRun(temporaryDirectory(), { run: record, events: [], ...records }), store);
  }
  const [{ hash } = {}] = await query(
    store,
    `SELECT content_hash AS hash FROM runs WHERE run_id = '${failedRun}'`,
  );
  const failed = { check: "counts", verdict: "failed", figure: 1, limit: 0 } as const;
  const audit = { ...failed, unit: null, explanation: "a job is missing", touches: [] };
  await storeAudit(store, { runId: failedRun, contentHash: String(hash) }, [audit]);
  return store;
}

test("the notebook is committed without outputs", () => {
  const cells = readNotebook(path.join(folder, "schedlab.ipynb"));
  const code = cells.filter(({ cell_type: type }) => type === "code");
  expect(code.length).toBeGreaterThan(5);
  for (const { outputs, execution_count: count } of code) {
    expect([outputs, count]).toEqual([[], null]);
  }
});

test("its DuckDB is the store's own version, and every package has an exact one", () => {
  const [version] = packageJson.dependencies["@duckdb/node-api"].split("-");
  expect(requirements).toContain(`duckdb==${version}`);
  for (const line of requirements) expect(line).toMatch(/^[A-Za-z0-9_.-]+==[0-9][0-9.]*$/);
});

test("the notebook draws three pictures, and its numbers are those of SQL", async (context) => {
  const python = await pythonOf(context);
  const store = await storeOfRuns();
  const directory = temporaryDirectory();
  const notebook = path.join(directory, "schedlab.ipynb");
  copyFileSync(path.join(folder, "schedlab.ipynb"), notebook);
  const home = path.join(directory, "home");
  mkdirSync(home);
  const execute = path.join(path.dirname(python), "jupyter-execute");
  const before = readFileSync(store);
  const env = {
    HOME: home,
    SCHEDLAB_STORE: store,
    JUPYTER_RUNTIME_DIR: home,
    XDG_CACHE_HOME: home,
  };
  await execa(execute, ["--inplace", "--startup_timeout=300", "--timeout=300", notebook], { env });
  expect(readFileSync(store).equals(before)).toBe(true);

  const outputs = readNotebook(notebook).flatMap((cell) =>
    (cell.outputs ?? []).map((output) => ({ cell: cell.id, ...output })),
  );
  const pictures = outputs.filter(({ data }) => data?.["image/png"] !== undefined);
  expect(pictures.map(({ cell }) => cell)).toEqual(["waits", "utilisation", "fairness"]);
  const printed = (cell: string) =>
    outputs
      .filter((output) => output.cell === cell)
      .flatMap(({ text = [] }) => text)
      .join("");
  expect(outputs.filter(({ name }) => name === "stderr")).toEqual([]);

  expect(printed("alike")).toBe(
    "3 of 5 runs are compared: log bundled-seed1.swf, 6 jobs on 1 x 4 cores, 1024 MiB\n",
  );
  const compared = runs
    .slice(1, 4)
    .map(({ id }) => `'${id}'`)
    .join(", ");
  const lines = async (sql: string) =>
    (await query(store, sql)).map(({ line }) => `${line}\n`).join("");
  const system = "concat_ws(' ', scheduler_kind, policy_label)";
  expect(printed("waits")).toBe(
    await lines(
      `SELECT format('{}: {} jobs, mean wait {:.3f} s, median {:.3f} s, 90 % within {:.3f} s', ${system},
         count(*), avg(wait_s), median(wait_s), quantile_cont(wait_s, 0.9)) AS line
       FROM job_times JOIN run_summary USING (run_id)
       WHERE counted AND run_id IN (${compared}) GROUP BY ${system} ORDER BY ${system}`,
    ),
  );
  const latest = runs
    .slice(2, 4)
    .map(({ id }) => `'${id}'`)
    .join(", ");
  const figures = `FROM run_summary WHERE run_id IN (${latest}) ORDER BY ${system}`;
  expect(printed("utilisation")).toBe(
    await lines(
      `SELECT format('{}: {:.3f} core-seconds held, utilisation {:.3f}', ${system},
         utilisation * capacity_cores * makespan, utilisation) AS line ${figures}`,
    ),
  );
  expect(printed("fairness")).toBe(
    await lines(
      `SELECT format('{}: Jain index {:.3f} over {:d} users', ${system}, jain, users::INTEGER) AS line
       ${figures}`,
    ),
  );
  // The figures differ, so that equality says something.
  expect(new Set(printed("waits").split("\n")).size).toBe(3);
}, 1_200_000);
