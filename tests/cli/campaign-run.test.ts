import { spawn } from "node:child_process";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { repoRoot } from "../../base/paths";
import type { DriveResult } from "../../campaigns/drive/drive";
import { storedPlan } from "../../campaigns/drive/record";
import { registerCampaign } from "../../cli/campaign";
import { progressReport, shortfall, summaryText } from "../../cli/campaign-run-text";
import { Interrupted } from "../../cli/interrupt";
import { storePlan } from "../../store/campaigns";
import { planOf } from "../campaigns/drive/fake-world";
import { temporaryDirectory } from "../store/run-fixture";
import { emptyStore } from "../store/store-copies";
import { runCommand } from "./command";

const plan = planOf({ clusters: [2], repeats: 2 });
const [first] = plan.runs;
if (first === undefined) throw new Error("no run");

function result(change: Partial<DriveResult> = {}): DriveResult {
  return {
    counts: { planned: 4, done: 4, failed: 0, running: 0, remaining: 0 },
    ...{ givenUp: [], problems: [], left: [], endedBy: null, wallSeconds: 110 },
    services: [
      {
        ...{
          stack: "study-00000000",
          upSeconds: 20,
          changeSeconds: 3,
          downSeconds: 5,
          runs: 4,
          left: false,
        },
        ...{ runSeconds: 85, recordedSeconds: 80, problem: null },
      },
    ],
    ...change,
  };
}
const counts = { planned: 4, done: 2, failed: 0, running: 0, remaining: 2 };

describe("the outcome of a campaign", () => {
  test("says what was done, where the time went, and what is still there", () => {
    const text = summaryText("study", "my store.duckdb", result({ left: ["study-00000000"] }));
    expect(text).toContain("campaign study: 4 of 4 runs done\n");
    expect(text).toMatch(/study-00000000 │ +20\.0 │ +3\.0 │ +4 │ +80\.0 │ +5\.0 │ +5\.0/);
    expect(text).toContain(
      "110.0 s in all; runs 80.0 s and bring-ups 20.0 s, 1.10 times their sum",
    );
    expect(text).toContain(
      "still there: study-00000000; npx schedlab campaign down study --store 'my store.duckdb' takes",
    );
    expect(summaryText("study", "my store.duckdb", result({ counts, services: [] }))).toBe(
      "campaign study: 2 of 4 runs done, 2 remain",
    );
  });

  test("is no failure when every run is done", () => {
    expect(shortfall(result())).toBeNull();
  });

  test.each(["finish", "stop"] as const)("after %s is an interruption", (endedBy) => {
    const lack = shortfall(result({ counts, endedBy }));
    expect(lack).toBeInstanceOf(Interrupted);
    expect(lack?.message).toBe("interrupted: 2 of 4 runs remain");
  });

  test("names what is lacking: a budget, a cluster, a run that failed", () => {
    const budget = shortfall(result({ counts, endedBy: "runs" }));
    expect(budget?.message).toBe("the budget of runs is used up: 2 of 4 runs remain");
    const problems = [{ stack: "study-00000000", problem: "no memory" }];
    const cluster = shortfall(result({ counts, problems, endedBy: "clusters" }));
    expect(cluster?.detail).toBe("cluster study-00000000: no memory");
    const failed = shortfall(
      result({
        counts: { ...counts, failed: 2, remaining: 0 },
        givenUp: [{ run: first, reason: "a node is down" }],
      }),
    );
    expect(failed?.message).toBe("2 runs failed as often as they may be tried");
    expect(failed?.detail).toBe("run 1 (0.0, repeat 1): a node is down");
  });

  test("is told on the way, once for each run that begins", () => {
    const lines: string[] = [];
    const tell = progressReport((line) => lines.push(line));
    const busy = [{ stack: "study-00000000", with: first, since: 0 }];
    tell({ counts, busy: [], secondsLeft: 90 });
    tell({ counts, busy, secondsLeft: 90 });
    tell({ counts, busy, secondsLeft: 90 });
    expect(lines).toEqual([
      "2 of 4 done, at least 1 min 30 s left; run 1 begins on study-00000000: 0.0, repeat 1",
    ]);
  });
});

describe("campaign status", () => {
  test("reads a campaign by its name in the store, and prints JSON", async () => {
    const store = path.join(temporaryDirectory(), "s.duckdb");
    await emptyStore(store);
    await storePlan(store, storedPlan(plan, 1));
    const words = ["campaign", "status", "study", "--store", store];
    const { output } = await runCommand(registerCampaign, ...words, "--json");
    expect(JSON.parse(output)).toMatchObject({ campaign: "study", planned: 4, remaining: 4 });
    const { output: text } = await runCommand(registerCampaign, ...words);
    expect(text).toContain("campaign study: 0 of 4 done, 4 remain, at least 40 s left");
    const misspelt = runCommand(registerCampaign, "campaign", "status", "stduy", "--store", store);
    await expect(misspelt).rejects.toThrow('did you mean "study"?');
  });

  test("of a campaign that is done ends a watch at once", async () => {
    const store = path.join(temporaryDirectory(), "s.duckdb");
    await emptyStore(store);
    await storePlan(store, storedPlan(planOf({ clusters: [], repeats: 1 }), 1));
    const words = ["campaign", "status", "study", "--store", store, "--watch", "--json"];
    const { output } = await runCommand(registerCampaign, ...words);
    expect(JSON.parse(output)).toMatchObject({ planned: 0, remaining: 0 });
  });
});

test("Ctrl-C asks to finish, then to stop, then ends the process", async () => {
  const code = `require("tsx/cjs");
    const { finish, stop } = require("./cli/interrupt.ts").interruptInStages((line) => console.log(line));
    finish.addEventListener("abort", () => console.log("finish"));
    stop.addEventListener("abort", () => console.log("stop"));
    console.log("ready");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["-e", code], {
    cwd: repoRoot,
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  const said = (word: string) =>
    new Promise<void>((resolve) => {
      const look = () => output.split("\n").includes(word) && resolve();
      look();
      child.stdout.on("data", look);
    });
  child.stdout.on("data", (text: Buffer) => {
    output += text.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  await said("ready");
  child.kill("SIGINT");
  await said("finish");
  expect(output).not.toContain("stop\n");
  child.kill("SIGINT");
  await said("stop");
  child.kill("SIGINT");
  expect(await ended).toBe(130);
});
