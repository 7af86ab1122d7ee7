import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Submission } from "../../../../experiments/schedulers/adapter";
import { fluxSubmitter } from "../../../../experiments/schedulers/flux/submitter";
import { openSubmitters } from "../../../../experiments/schedulers/lanes/submission";
import { clockPath } from "../../../../spec/clock";
import { sleepRequest } from "../../one-core-job";
import { LocalExecutor } from "../local-executor";

const runId = "20261121T233000Z-k3f9qa";
const patient = { timeout: 20_000 };
const python = spawnSync("python3", ["--version"]).status === 0;
const reason = python ? "" : " (this host has no python3)";

let base: string;
let executor: LocalExecutor;
let submission: Submission;

beforeEach(async () => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), "flux-submission-"));
  const directory = path.join(base, "runs", runId);
  fs.mkdirSync(directory, { recursive: true });
  fs.mkdirSync(path.join(base, "modules", "flux"), { recursive: true });
  fs.copyFileSync(
    path.join(__dirname, "flux_double.py"),
    path.join(base, "modules", "flux", "__init__.py"),
  );
  fs.copyFileSync(path.join(__dirname, "flux-double.sh"), path.join(base, "flux"));
  fs.chmodSync(path.join(base, "flux"), 0o755);
  process.env.FLUX_DOUBLE = base;
  executor = new LocalExecutor(base);
  const submitter = fluxSubmitter({ runId, directory, queues: false, emulated: false });
  submission = await openSubmitters(executor, "controller", ["user01"], submitter, {
    pauseMs: 20,
  });
});
afterEach(() => {
  submission.close();
  executor.dispose();
  delete process.env.FLUX_DOUBLE;
  fs.rmSync(base, { recursive: true, force: true });
});

const called = () =>
  (fs.existsSync(path.join(base, "log")) ? fs.readFileSync(path.join(base, "log"), "utf8") : "")
    .split("\n")
    .filter((line) => line !== "")
    .map((name) => name.replace(`schedlab-${runId}-`, ""));
const away = () => path.join(base, "away");

describe.skipIf(!python)(`submitters of Flux${reason}`, { timeout: 60_000 }, () => {
  test("hand over what is at hand together: many jobs take the time of few", async () => {
    const ids = Array.from({ length: 60 }, (_, index) => index + 1);
    const answers = await Promise.all(ids.map((id) => submission.submit(sleepRequest(id), 1)));
    expect(answers.map(({ schedulerJob }) => schedulerJob)).toEqual(
      ids.map((id) => `f${id}`.replace("0", "z")),
    );
    expect(called()).toEqual(ids.map((id) => `${id}-1`));
    const together = answers.filter(
      ({ startedAt }) => startedAt < Math.min(...answers.map(({ finishedAt }) => finishedAt)),
    );
    expect(together.length).toBeGreaterThan(1);
  });

  test("give the urgency beside the jobspec, and the time from which on a job may start", async () => {
    const before = Date.now() / 1000;
    await submission.submit(sleepRequest(1, { priority: 3, eligibleAfterSeconds: 60 }), 1);
    await submission.submit(sleepRequest(2), 1);
    const asked = fs.readFileSync(path.join(base, "asked"), "utf8").trim().split("\n");
    const [first, second] = asked.map((line) => JSON.parse(line));
    expect(first).toEqual({
      urgency: 3,
      dependencies: [{ scheme: "begin-time", value: expect.stringMatching(/^\d+\.\d{3}$/) }],
    });
    const begin = Number(first.dependencies[0].value);
    expect(begin).toBeGreaterThan(before + 59.9);
    expect(begin).toBeLessThan(Date.now() / 1000 + 60.1);
    expect(second).toEqual({ urgency: 16, dependencies: [] });
  });

  test("count the time from which on a job may start by the broker's clock", async () => {
    const origin = Math.floor(Date.now() / 1000) - 100;
    const clock = path.join(base, "clock");
    fs.writeFileSync(clock, `10 ${origin}\n`);
    const open = executor.open.bind(executor);
    executor.open = (host, command, options) =>
      open(host, command.replaceAll(clockPath, clock), options);
    const directory = path.join(base, "runs", "accelerated");
    fs.mkdirSync(directory);
    const submitter = fluxSubmitter({ runId, directory, queues: false, emulated: false });
    const accelerated = await openSubmitters(executor, "controller", ["user01"], submitter);
    await accelerated.submit(sleepRequest(1, { eligibleAfterSeconds: 60 }), 1);
    accelerated.close();
    const { dependencies } = JSON.parse(fs.readFileSync(path.join(base, "asked"), "utf8"));
    const begin = Number(dependencies[0].value);
    expect(begin).toBeGreaterThanOrEqual(origin + 1060);
    expect(begin).toBeLessThanOrEqual(origin + (Date.now() / 1000 - origin) * 10 + 60.1);
  });

  test("answer for a job that Flux refuses, and for all beside it and after it", async () => {
    const answers = await Promise.all([
      submission.submit(sleepRequest(1), 1),
      submission.submit(sleepRequest(2, { cores: 64 }), 1),
      submission.submit(sleepRequest(3), 1),
    ]);
    expect(answers.map(({ error }) => error)).toEqual([null, "Unsatisfiable request", null]);
    expect(answers[1]?.uncertain).toBe(false);
    expect((await submission.submit(sleepRequest(4), 1)).schedulerJob).toBe("f4");
    expect(executor.channels).toHaveLength(1);
  });

  test("survive what a call raises that is no answer of Flux's", async () => {
    const answers = await Promise.all([
      submission.submit(sleepRequest(1, { cores: 63 }), 1),
      submission.submit(sleepRequest(2), 1),
    ]);
    expect(answers.map(({ error }) => error)).toEqual(["nobody expected this", null]);
    expect(executor.channels).toHaveLength(1);
  });

  test("say that nothing is certain when the broker goes away, and find it again", async () => {
    expect((await submission.submit(sleepRequest(1), 1)).error).toBeNull();
    const under = submission.submit(sleepRequest(2), 1);
    await expect.poll(() => called().length, patient).toBe(2);
    fs.writeFileSync(away(), "");
    expect(await under).toMatchObject({ schedulerJob: null, uncertain: true });
    expect(await submission.submit(sleepRequest(3), 1)).toMatchObject({
      error: "cannot reach the broker: Connection refused",
      uncertain: true,
    });
    fs.rmSync(away());
    expect((await submission.submit(sleepRequest(4), 1)).schedulerJob).toBe("f4");
    expect(called()).toEqual(["1-1", "2-1", "4-1"]);
    expect(executor.channels).toHaveLength(1);
  });

  test("hand a submission over once, however often its line arrives", async () => {
    const channel = executor.channels[0] as { write: (text: string) => void };
    const write = channel.write.bind(channel);
    channel.write = (text) => write(text.repeat(3));
    expect((await submission.submit(sleepRequest(1), 1)).schedulerJob).toBe("f1");
    expect((await submission.submit(sleepRequest(2), 1)).schedulerJob).toBe("f2");
    expect(called()).toEqual(["1-1", "2-1"]);
  });
});
