import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { logFile } from "../../swf-fixture";
import { miniature, readLog, testFuzzed, testVariants } from "./fixture";

test("what flux jobs prints becomes jobs, with fractions of a second", async () => {
  const { jobs, oddities, why } = await readLog(miniature("flux-jobs.json"));
  expect(why).toMatch(/^flux-jobs \(/);
  expect(oddities).toEqual({});
  expect(jobs).toEqual([
    {
      ...{ submit: 0.125, wait: 10.375, run: 3600.25, status: 1, estimate: 7200 },
      ...{ requested: 32, allocated: 32, nodes: 2, coresPerNode: 16, priority: 16 },
      ...{ user: "ada", account: "cfd", partition: "batch", name: "mesh" },
    },
    {
      ...{ submit: 300.5, wait: 60.25, run: 8039.5, status: 0 },
      ...{ estimate: 86_400, requested: 16, allocated: 16, nodes: 1, coresPerNode: 16 },
      ...{ priority: 16, user: "bo", account: "heat", partition: "gpu", name: 'say "hi"' },
    },
    // Cancelled while it waited; without a limit.
    {
      ...{ submit: 400, status: 5, requested: 1, priority: 16 },
      ...{ user: "cy", name: "never" },
    },
    {
      ...{ submit: 600, wait: 1, run: 60.25, status: 0, estimate: 60 },
      ...{ requested: 1, allocated: 1, nodes: 1, coresPerNode: 1, priority: 16 },
      ...{ user: "dee", name: "late" },
    },
    // Still running, and still waiting for what it depends on.
    {
      ...{ submit: 700, wait: 1, estimate: 600, requested: 2, allocated: 2 },
      ...{ nodes: 1, coresPerNode: 2, priority: 16, user: "dee", name: "running" },
    },
    { submit: 800, requested: 4, priority: 16, user: "eve", name: "waiting" },
  ]);
});

test("a job is eligible once its dependencies are met, as newer versions tell it and eventlogs too", async () => {
  const document = JSON.parse(readFileSync(miniature("flux-jobs.json"), "utf8"));
  // The second job began to wait for others at 300.625 s, and has a priority later still.
  Object.assign(document.jobs[1], { t_priority: 1772438760.5, t_sched: 1772438760.625 });
  Object.assign(document.jobs[2], { t_priority: 0, t_sched: 0 });
  const { jobs, why } = await readLog(logFile(JSON.stringify(document), "log"));
  const others = Array.from({ length: 4 }, () => undefined);
  expect(why).toMatch(/^flux-jobs \(/);
  expect(jobs.map(({ eligible }) => eligible)).toEqual([undefined, 360.5, ...others]);
  const { jobs: logged } = await readLog(miniature("flux-eventlog.jsonl"));
  expect(logged[1]?.eligible).toBe(360.5);
});

test("eventlogs one after the other become jobs", async () => {
  const { jobs, oddities, why } = await readLog(miniature("flux-eventlog.jsonl"));
  expect(why).toMatch(/^flux-eventlog \(/);
  expect(oddities).toEqual({});
  expect(jobs).toEqual([
    {
      ...{ submit: 0.125, eligible: 0.25, wait: 10.375, run: 3600.25, status: 1, user: "1001" },
      ...{ requested: 32, allocated: 32, nodes: 2, coresPerNode: 16, priority: 16 },
    },
    { submit: 300.5, eligible: 360.5, status: 5, user: "1002", priority: 8 },
    {
      ...{ submit: 600, eligible: 600.125, wait: 1, run: 60.25, status: 0, user: "1004" },
      ...{ requested: 1, allocated: 1, nodes: 1, coresPerNode: 1, priority: 16 },
    },
  ]);
});

test("an eventlog without its beginning is told, and left out where that is allowed", async () => {
  const lines = readFileSync(miniature("flux-eventlog.jsonl"), "utf8").trimEnd().split("\n");
  const file = logFile([...lines, '{"timestamp":"soon","name":"submit"}'].join("\n"), "log");
  await expect(readLog(file)).rejects.toThrow(/column timestamp|column submit: "soon"/);
  const { jobs, oddities } = await readLog(file, { mode: "tolerant" });
  expect(jobs.length).toBe(3);
  expect(Object.values(oddities)).toEqual([1]);
});

test("jobs that were cut off by a full disk are read up to there, and said to be", async () => {
  const text = readFileSync(miniature("flux-jobs.json"), "utf8");
  const file = logFile(text.slice(0, text.indexOf('"name": "late"')), "log");
  await expect(readLog(file)).rejects.toThrow(/it is cut off/);
  const { jobs, oddities } = await readLog(file, { mode: "tolerant" });
  expect(jobs.length).toBe(3);
  expect(oddities).toMatchObject({ "file cut off before its end": 1 });
});

testVariants("flux-jobs.json", "flux-jobs");
testVariants("flux-eventlog.jsonl", "flux-eventlog");
testFuzzed("flux-jobs.json", "jobs");
testFuzzed("flux-eventlog.jsonl");
