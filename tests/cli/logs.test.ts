import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { Command } from "commander";
import { afterEach, expect, test, vi } from "vitest";
import { registerMetrics } from "../../cli/metrics";
import { registerTrace } from "../../cli/trace";
import { line, logFile, realLog } from "../workloads/swf-fixture";

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the command prints on standard output. Throws what it throws. */
async function run(...argv: string[]): Promise<string> {
  const said: string[] = [];
  vi.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
  const program = new Command("schedlab").exitOverride().configureOutput({ writeErr: () => {} });
  registerTrace(program);
  registerMetrics(program);
  for (const command of program.commands) {
    command.exitOverride().configureOutput({ writeErr: () => {} });
  }
  await program.parseAsync(argv, { from: "user" });
  return said.join("\n");
}

test("the SDSC log's figures are those of the two independent computations", async ({ skip }) => {
  const file = realLog("SDSC-SP2-1998-first-5000.swf");
  if (file === null) return skip("no ../shared/traces");
  const result = JSON.parse(await run("metrics", file, "--procs", "128", "--json"));
  expect(result.unfairness_policy).toBe("easy");
  expect(result.tie_rule).toContain("one scheduling pass per instant");
  expect(result.unfairness).toBeGreaterThanOrEqual(0);
  expect(result).toMatchObject({ n: 4606, makespan: 4728478, max_wait: 869430, users: 96 });
  expect(result.records).toBe(4961);
  expect(result.mean_bounded_slowdown.toFixed(4)).toBe("23.4266");
  expect(result.utilisation.toFixed(6)).toBe("0.640395");
  expect(result.jain.toFixed(6)).toBe("0.074381");
  expect(result.reasons).not.toHaveProperty("jain");
});

test("a log without waits has null figures with reasons, in the table as well", async () => {
  const file = logFile(`; MaxProcs: 4\n${line(1, 0)}\n${line(2, 5)}\n`);
  const result = JSON.parse(await run("metrics", file, "--json"));
  expect(result).toMatchObject({
    n: 0,
    makespan: null,
    mean_wait: null,
    utilisation: null,
    jain: null,
  });
  expect(result.reasons.makespan).toMatch(/no job counts: of 2 jobs .* 2 no start/);
  expect(await run("metrics", file)).toMatch(/unknown: makespan, mean_wait.*: no job counts/);
});

test("trace says what a gzipped log holds and what is odd in it", async () => {
  const text = `; MaxNodes: 2\n; Queue: 0 a\n; Queue: 1 b\n${line(1, 0, 10, 4)}\n${line(2, 5)}\n`;
  const result = JSON.parse(await run("trace", logFile(gzipSync(text)), "--json"));
  expect(result).toMatchObject({
    records: 2,
    max_procs: 2,
    header: { MaxNodes: "2", Queue: ["0 a", "1 b"] },
    oddities: { "more processors than the machine has": 1, "unknown wait time": 2 },
  });
});

test("trace writes the log cut and scaled, whole", async () => {
  const file = logFile([line(1, 0), line(2, 50), line(3, 100)].join("\n"));
  const out = path.join(path.dirname(file), "part.swf");
  const argv = ["--from", "40", "--scale-load", "2", "--out", out, "--json"];
  expect(JSON.parse(await run("trace", file, ...argv))).toMatchObject({ records: 3, written: 2 });
  const lines = readFileSync(out, "utf8").trim().split("\n");
  expect(lines.filter((text) => !text.startsWith(";"))).toEqual([line(2, 10), line(3, 35)]);
});

test("what cannot be done is an error, not an empty file", async () => {
  const file = logFile(line(1, 0));
  const out = path.join(path.dirname(file), "part.swf");
  await expect(run("trace", file, "--from", "10", "--out", out)).rejects.toThrow("no job is left");
  await expect(run("trace", file, "--procs", "4", "--out", out)).rejects.toThrow("MaxProcs");
  await expect(run("trace", file, "--first", "4")).rejects.toThrow("--first needs --out");
  await expect(run("trace", logFile(""), "--json")).rejects.toThrow("the file is empty");
  await expect(run("metrics", file, "--tau", "0")).rejects.toThrow(/above 0/);
});
