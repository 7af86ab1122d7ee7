import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { execa } from "execa";
import { expect, test } from "vitest";
import { repoRoot } from "../../base/paths";
import { line, logFile } from "../workloads/swf-fixture";

const text = `; MaxProcs: 4\n${line(1, 0)}\n${line(2, 5)}\n`;
const long = 120_000;

/** A line of bash in which `schedlab` is this checkout's; fails when any part of a pipe fails. */
function bash(script: string, input?: Buffer | string) {
  const command = `schedlab() { node "${repoRoot}/bin/schedlab.js" "$@"; }; set -o pipefail; ${script}`;
  return execa("bash", ["-c", command], {
    cwd: repoRoot,
    reject: false,
    ...(input === undefined ? {} : { input }),
  });
}

test("a generated log is simulated out of a pipe", async () => {
  const generate = "schedlab generate --model lublin-batch --jobs 50 --procs 16 --seed 1";
  const { stdout, exitCode } = await bash(
    `${generate} | schedlab simulate /dev/stdin --policy easy --json`,
  );
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ jobs: 50, procs: 16 });
}, 120_000);

test.each([
  ["trace -", text],
  ["trace /dev/stdin", text],
  ["trace -", gzipSync(text)],
  ["metrics -", gzipSync(text)],
])(
  "schedlab %s reads standard input, gzipped or not",
  async (words, input) => {
    // execa gives a socket, which cannot be opened again by its path.
    const { stdout, stderr } = await bash(`schedlab ${words} --json`, input);
    expect(stderr).not.toContain("error");
    expect(JSON.parse(stdout)).toMatchObject({ records: 2, jobs: 2 });
  },
  120_000,
);

test("a pipe of a name is read once, to its end", async () => {
  const log = logFile(gzipSync(text));
  const { stdout } = await bash(
    `schedlab trace <(zcat ${log}) --json; schedlab trace <(cat ${log}) --json`,
  );
  expect(stdout.match(/"records": 2/g)).toHaveLength(2);
}, 120_000);

test("import takes a log out of a pipe, and again without a change", async () => {
  const store = path.join(path.dirname(logFile("")), "store.duckdb");
  const script = `schedlab import - --name piped --store ${store} --json`;
  expect(JSON.parse((await bash(script, text)).stdout)).toMatchObject({
    outcome: "imported",
    jobs: 2,
  });
  expect(JSON.parse((await bash(script, text)).stdout)).toMatchObject({ outcome: "unchanged" });
}, 120_000);

test("a reader that goes away is no failure and leaves no stack trace", async () => {
  const log = logFile(Array.from({ length: long }, (_, job) => line(job + 1, job)).join("\n"));
  for (const words of [
    `generate --model poisson --jobs ${long} --procs 4 --seed 1 | head -1`,
    `trace ${log} --out - 2>/dev/null | head -1`,
    // Gone before there is anything to read.
    `trace ${log} --json | true`,
    `results --help | true`,
  ]) {
    const { exitCode, stderr } = await bash(`schedlab ${words}`);
    expect({ words, exitCode, stderr }).toEqual({ words, exitCode: 0, stderr: "" });
  }
}, 240_000);

test("--out writes a file whole, standard output, or into a device that it never replaces", async () => {
  const log = logFile(text);
  const model = "--model poisson --jobs 3 --procs 4 --seed 1";
  const out = path.join(path.dirname(log), "model.swf");
  const { stdout, exitCode } = await bash(
    `schedlab generate ${model} --out ${out} && schedlab generate ${model} &&
     schedlab trace ${log} --out /dev/null >/dev/null && schedlab generate ${model} --out /dev/null`,
  );
  expect(exitCode).toBe(0);
  expect(readFileSync(out, "utf8").trimEnd()).toBe(stdout);
  expect(statSync("/dev/null").isFile()).toBe(false);
  const nowhere = await bash(`schedlab generate ${model} --out ${out}/x`);
  expect(nowhere.exitCode).toBe(1);
  expect(existsSync(`${out}/x`)).toBe(false);
}, 240_000);
