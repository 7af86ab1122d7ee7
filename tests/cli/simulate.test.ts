import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { registerSimulate } from "../../cli/simulate";
import { runCommand } from "./command";

let folder: string;
let log: string;
const job = (number: number, submit: number, run: number, size: number) =>
  `${number} ${submit} -1 ${run} ${size} -1 -1 ${size} ${run} -1 1 1 1 1 1 1 -1 -1`;
const jobs = [
  job(1, 0, 10, 3),
  job(2, 1, 10, 4),
  job(3, 2, 5, 1),
  job(4, 3, 0, 1),
  job(5, 4, 5, 9),
];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "schedlab-simulate-"));
  log = path.join(folder, "log.swf");
  await writeFile(log, `; Version: 2.2\n; MaxProcs: 4\n${jobs.join("\n")}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

test("one JSON object with the figures, the policy, the rule for ties and what was skipped", async () => {
  const { output } = await runCommand(
    registerSimulate,
    ...["simulate", log, "--policy", "easy", "--json"],
  );
  expect(JSON.parse(output)).toMatchObject({
    jobs: 3,
    makespan: 20,
    mean_wait: 3,
    mean_bounded_slowdown: (1 + 1.9 + 1) / 3,
    utilisation: (30 + 40 + 5) / 80,
    procs: 4,
    policy: "easy",
    tie_rule: expect.stringContaining("one scheduling pass per instant"),
    skipped: { "run time of 0": 1, "larger than the machine": 1 },
  });
});

test("the table for people has the same figures", async () => {
  const { output } = await runCommand(registerSimulate, "simulate", log, "--policy", "fcfs");
  expect(output).toMatch(/makespan .*25/);
  expect(output).toContain("skipped: run time of 0");
});

test("the starts are written whole to a CSV file", async () => {
  const out = path.join(folder, "starts.csv");
  const args = ["--policy", "easy", "--first", "2", "--out", out, "--json"];
  await runCommand(registerSimulate, "simulate", log, ...args);
  expect(await readFile(out, "utf8")).toBe(
    "job,submit,size,run,estimate,start,end,wait\n1,0,3,10,10,0,10,0\n2,1,4,10,10,10,20,9\n",
  );
  expect((await readdir(folder)).sort()).toEqual(["log.swf", "starts.csv"]);
});

test("a log without processors in its header needs --procs", async () => {
  const bare = path.join(folder, "bare.swf");
  await writeFile(bare, `${jobs.join("\n")}\n`);
  const run = (...args: string[]) =>
    runCommand(registerSimulate, "simulate", bare, "--policy", "fcfs", "--json", ...args);
  await expect(run()).rejects.toThrow("neither MaxProcs nor MaxNodes");
  expect(JSON.parse((await run("--procs", "9")).output)).toMatchObject({ jobs: 4, procs: 9 });
  await rm(bare);
});

test("a log of which nothing can be simulated is an error with the reasons", async () => {
  await expect(
    runCommand(
      registerSimulate,
      "simulate",
      log,
      "--policy",
      "fcfs",
      "--procs",
      "1",
      "--first",
      "1",
    ),
  ).resolves.toMatchObject({ wrongUse: null });
  const none = path.join(folder, "none.swf");
  await writeFile(none, `; MaxProcs: 4\n${jobs[3]}\n`);
  await expect(runCommand(registerSimulate, "simulate", none, "--policy", "fcfs")).rejects.toThrow(
    expect.objectContaining({ detail: "1 skipped: run time of 0" }),
  );
  await rm(none);
});

test.each([
  [["--policy", "sjf"], "Allowed choices are fcfs, easy, conservative"],
  [[], "required option '--policy <name>' not specified"],
  [["--policy", "easy", "--procs", "0"], "Expected a whole number from 1"],
  [["--policy", "easy", "--first", "1.5"], "Expected a whole number from 1"],
])("%j is wrong use", async (args, message) => {
  const { wrongUse } = await runCommand(registerSimulate, "simulate", log, ...args);
  expect(wrongUse).toContain(message);
});
