import { afterEach, expect, test } from "vitest";
import { registerCheck } from "../../cli/check";
import { percentage } from "../../cli/percentage";
import { checkStore, sideRuns } from "../analysis/check/check-store";
import { temporaryDirectory } from "../store/run-fixture";
import { runCommand } from "./command";

afterEach(() => {
  process.exitCode = 0;
});

async function storeOf(noise: number, repeats: number): Promise<string> {
  const side = (experiment: string, factor: number, seed: number) =>
    sideRuns({ experiment, lists: 1, repeats, factor, noise }, seed);
  return checkStore(temporaryDirectory(), [
    ...side("old", 1, 1),
    ...side("worse", 1.1, 2),
    ...side("same", 1, 3),
  ]);
}

async function check(store: string, ...args: string[]) {
  process.exitCode = 0;
  const argv = ["check", "--store", store, "--baseline", "old", ...args];
  const { output, wrongUse } = await runCommand(registerCheck, ...argv);
  return { output, wrongUse, code: process.exitCode };
}

test("the exit code is 0 for no worse, 1 for worse, 3 for what cannot be told", async () => {
  const store = await storeOf(0.01, 6);
  const same = await check(store, "--candidate", "same");
  expect([same.code, same.output]).toEqual([
    0,
    expect.stringContaining("no worse: every regression"),
  ]);
  const worse = await check(store, "--candidate", "worse");
  expect([worse.code, worse.output]).toEqual([
    1,
    expect.stringMatching(/worse: a regression of more than 5 %/),
  ]);
  expect(worse.output).toContain("hold for these jobs only");
  expect((await check(store, "--candidate", "worse", "--max-regression", "30%")).code).toBe(0);
  const few = await check(await storeOf(0.1, 2), "--candidate", "same");
  expect(few.code).toBe(3);
  expect(few.output).toMatch(
    /makespan: \d+ repeats of each job list would do, assuming no difference/,
  );
});

test("for programs there is one JSON object with the figures in percent", async () => {
  const { output } = await check(await storeOf(0.1, 2), "--json");
  const result = JSON.parse(output);
  expect(result).toMatchObject({
    outcome: "cannot tell",
    baseline: ["old"],
    candidate: ["same"],
    max_regression_percent: 5,
    confidence: 0.95,
  });
  const [metric] = result.tuples[0].metrics;
  expect(metric).toMatchObject({
    name: "makespan",
    better: "lower",
    claim: "these jobs",
    job_lists: 1,
    least_repeats: 2,
    over_job_lists: { difference: null, reason: expect.stringContaining("one common job list") },
    paired_effect: null,
    needed: { repeats: expect.any(Number), job_lists: null, assuming: "no difference" },
  });
  expect(metric.regression_interval.low).toBeLessThan(metric.regression_percent);
});

test("wrong use is answered as such", async () => {
  const { wrongUse } = await check("nowhere", "--max-regression", "five");
  expect(wrongUse).toContain("Expected a percentage");
  expect((await check("nowhere", "--vary", "workload")).wrongUse).toContain("Allowed choices");
  await expect(check("/nowhere.duckdb")).rejects.toThrow("there is no store");
});

test("a percentage is read with and without its sign", () => {
  expect([percentage("5%"), percentage("2.5 %"), percentage("0")]).toEqual([0.05, 0.025, 0]);
  for (const text of ["-5%", "5%%", "", "1e9"])
    expect(() => percentage(text)).toThrow("percentage");
});
