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
