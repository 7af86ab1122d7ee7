import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { repoRoot } from "../../base/paths";
import { registerQuery } from "../../cli/query";
import { loadRun } from "../../store/load";
import { writeRun } from "../store/run-fixture";
import { runCommand } from "./command";

const folder = mkdtempSync(path.join(tmpdir(), "schedlab-query-"));
const store = path.join(folder, "s.duckdb");
const jobs = "SELECT job, user_name FROM jobs ORDER BY job";
const csv = "job,user_name\n1,user01\n2,user02\n3,user01\n";
/** How a Parquet file begins and ends. */
const magic = "PAR1";

beforeAll(async () => {
  await loadRun(writeRun(folder), store);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A line of bash in which `query` is this checkout's command on the store. */
function bash(script: string, input = "") {
  const program = `node "${repoRoot}/bin/schedlab.js" query --store "${store}"`;
  const command = `query() { ${program} "$@"; }; set -o pipefail; ${script}`;
  return execa("bash", ["-c", command], {
    cwd: repoRoot,
    reject: false,
    input,
    encoding: "buffer",
  });
}

test("CSV goes to standard output, behind what a file already holds", async () => {
  const file = path.join(folder, "jobs.csv");
  const { exitCode, stdout } = await bash(
    `query "${jobs}" --csv; echo before > ${file}; query "${jobs}" --csv >> ${file}`,
  );
  expect([exitCode, Buffer.from(stdout).toString()]).toEqual([0, csv.trimEnd()]);
  expect(readFileSync(file, "utf8")).toBe(`before\n${csv}`);
});

test("- takes the SQL from standard input", async () => {
  const { exitCode, stdout } = await bash("query - --csv", `${jobs} -- all`);
  expect([exitCode, Buffer.from(stdout).toString()]).toEqual([0, csv.trimEnd()]);
});

test("a reader that goes away early is no failure", async () => {
  const { exitCode, stderr } = await bash(
    "query 'SELECT range FROM range(1000000)' --csv | head -n 1 > /dev/null",
  );
  expect([exitCode, Buffer.from(stderr).toString()]).toEqual([0, ""]);
});

test("Parquet goes to a file, a pipe or a redirected standard output", async () => {
  const [file, redirected] = [path.join(folder, "a b.parquet"), path.join(folder, "c.parquet")];
  const { exitCode, stdout } = await bash(
    `query "${jobs}" --parquet "${file}" && query "${jobs}" --parquet - > ${redirected} \\
      && query "${jobs}" --parquet - | head -c 4 && query "${jobs}" --parquet /dev/null`,
  );
  expect([exitCode, Buffer.from(stdout).toString()]).toEqual([0, magic]);
  const bytes = readFileSync(file);
  expect(bytes.subarray(-4).toString()).toBe(magic);
  expect(readFileSync(redirected).equals(bytes)).toBe(true);
});

test("a terminal is not given Parquet", async () => {
  const { isTTY } = process.stdout;
  onTestFinished(() => {
    process.stdout.isTTY = isTTY;
  });
  process.stdout.isTTY = true;
  const words = ["query", jobs, "--store", store, "--parquet", "-"];
  expect((await runCommand(registerQuery, ...words)).wrongUse).toContain("a terminal cannot show");
});

test("two formats at once are wrong use", async () => {
  for (const formats of [
    ["--csv", "--json"],
    ["--csv", "--parquet", "x"],
    ["--json", "--parquet", "x"],
  ]) {
    const { wrongUse } = await runCommand(registerQuery, "query", jobs, ...formats);
    expect(wrongUse).toContain("cannot be used with");
  }
});

test("a query that fails has exit code 1 and leaves the file as it was", async () => {
  const file = path.join(folder, "none.parquet");
  const { exitCode, stderr } = await bash(`query 'FROM nothing' --parquet ${file}`);
  expect([exitCode, Buffer.from(stderr).toString()]).toEqual([
    1,
    expect.stringContaining("Table with name nothing does not exist"),
  ]);
  expect(existsSync(file)).toBe(false);
  expect((await bash("query 'FROM nothing' --csv")).exitCode).toBe(1);
  expect((await bash("query 'SELECT 1' --csv --json")).exitCode).toBe(2);
});
