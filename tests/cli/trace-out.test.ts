import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { registerTrace } from "../../cli/trace";
import { readLog } from "../workloads/logs/formats/fixture";
import { sacct } from "../workloads/logs/read-log";
import { line, logFile } from "../workloads/swf-fixture";
import { runCommand } from "./command";

const trace = (...argv: string[]) => runCommand(registerTrace, "trace", ...argv);

test.each(["csv", "parquet"])("--to %s writes no file of the name -", async (format) => {
  const log = logFile(line(1, 0));
  for (const out of ["-", "/dev/stdout"]) {
    const { wrongUse } = await trace(log, "--to", format, "--out", out);
    expect(wrongUse).toMatch(/needs --out FILE, not standard output/);
  }
  expect(existsSync("-")).toBe(false);
});

test.each(["csv", "parquet"])(
  "--to %s leaves the file that was there where the log is refused, and no draft",
  async (format) => {
    const log = logFile("1 0 nonsense\n");
    const folder = path.dirname(logFile(""));
    const out = path.join(folder, "out");
    writeFileSync(out, "what was there");
    await expect(trace(log, "--strict", "--to", format, "--out", out)).rejects.toThrow();
    expect(readFileSync(out, "utf8")).toBe("what was there");
    expect(readdirSync(folder).sort()).toEqual(["log.swf", "out"]);
    await trace(logFile(line(1, 0)), "--to", format, "--out", out);
    expect((await readLog(out)).jobs).toHaveLength(1);
  },
);

test.each(["csv", "parquet"])("--to %s into no folder says so, with what to do", async (format) => {
  for (const log of [logFile(line(1, 0)), logFile(sacct([{}]))]) {
    const out = path.join(path.dirname(log), "none", "out");
    await expect(trace(log, "--to", format, "--out", out)).rejects.toMatchObject({
      message: expect.stringContaining("there is no folder"),
      remedy: expect.stringContaining("make the folder"),
    });
  }
});

/** Two executions of job 1, then a job that thinks after it. */
const swf = [
  "1 0 0 30 4 9 512 4 60 -1 1 17 3 -1 1 -1 -1 -1",
  "1 0 0 10 4 -1 -1 4 60 -1 2 17 3 -1 1 -1 -1 -1",
  "1 -1 5 20 4 -1 -1 4 60 -1 3 17 3 -1 1 -1 -1 -1",
  "2 50 1 2 4 -1 -1 4 60 -1 1 12 3 -1 1 -1 1 7",
].join("\n");
const notKept = [
  "2 lines: partial executions of jobs",
  "1 job: preceding jobs",
  "1 job: think times",
  "1 job: processor times used",
  "1 job: memory used",
];

test.each([
  [["--to", "csv"], []],
  [["--to", "parquet"], []],
  [["--to", "csv", "--anonymise"], []],
  [["--to", "parquet", "--anonymise"], []],
  [["--anonymise"], ["2 jobs: names of users and groups, which become numbers"]],
])(
  "of a log in SWF, %j counts the rows that it writes and what these do not hold",
  async (how, more) => {
    const log = logFile(swf);
    const folder = path.dirname(log);
    const key = how.at(-1) === "--anonymise" ? [path.join(folder, "key")] : [];
    const out = path.join(folder, "out");
    const said = JSON.parse((await trace(log, ...how, ...key, "--out", out, "--json")).output);
    expect(said.records).toBe(4);
    expect(said.written).toBe(2);
    expect((await readLog(out)).jobs).toHaveLength(2);
    expect(said.lost).toEqual(expect.arrayContaining([...notKept, ...more]));
  },
);

test("of a log with rows that are left out, the others are counted", async () => {
  const log = logFile(sacct([{}, { JobID: "2", JobIDRaw: "2", Submit: "never" }]), "log.txt");
  const out = path.join(path.dirname(log), "out");
  const said = JSON.parse((await trace(log, "--to", "csv", "--out", out, "--json")).output);
  expect([said.written, said.lost]).toEqual([1, []]);
});
