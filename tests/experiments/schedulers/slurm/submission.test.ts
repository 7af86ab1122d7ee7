import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Submission } from "../../../../experiments/schedulers/adapter";
import {
  fenceSubmitters,
  openSubmitters,
} from "../../../../experiments/schedulers/lanes/submission";
import { slurmSubmitter } from "../../../../experiments/schedulers/slurm/submitter";
import { sleepRequest } from "../../one-core-job";
import { LocalExecutor, unreachable } from "../local-executor";

const runId = "20261121T233000Z-k3f9qa";
/** Processes are started; the host may be busy. */
const patient = { timeout: 20_000 };

let base: string;
let directory: string;
let executor: LocalExecutor;

/** An sbatch that notes the job's name, then waits for as long as the file `hold` is there. */
const sbatch = (log: string, hold: string) => `#!/bin/bash
script=$(cat)
[[ $script =~ --job-name=([^[:space:]]*) ]]
echo "\${BASH_REMATCH[1]} $$" >>${log}
while [ -e ${hold} ]; do sleep 0.02; done
echo $$
`;

const logFile = () => path.join(base, "log");
const holdFile = () => path.join(base, "hold");
const hold = () => fs.writeFileSync(holdFile(), "");
const letGo = () => fs.rmSync(holdFile());
const calls = () =>
  (fs.existsSync(logFile()) ? fs.readFileSync(logFile(), "utf8") : "")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(" "));
/** Job and submission of each call of sbatch, such as `3-1`. */
const called = () => calls().map(([name = ""]) => name.replace(`schedlab-${runId}-`, ""));
const runs = (pid: string) => {
  const file = `/proc/${pid}/stat`;
  return fs.existsSync(file) && !/\) [ZX] /.test(fs.readFileSync(file, "utf8"));
};

beforeEach(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), "submission-"));
  directory = path.join(base, "runs", runId);
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(path.join(base, "sbatch"), sbatch(logFile(), holdFile()), { mode: 0o755 });
  executor = new LocalExecutor(base);
});
afterEach(() => {
  executor.dispose();
  fs.rmSync(base, { recursive: true, force: true });
});

const open = (users = ["user01"], reopenMs = 60_000): Promise<Submission> =>
  openSubmitters(
    executor,
    "controller",
    users,
    slurmSubmitter({ runId, directory, requeues: () => false, asks: () => ({ nice: 0 }) }),
    { reopenMs, pauseMs: 20 },
  );
const loseAll = async () => {
  for (const channel of executor.channels) channel.lose();
  await new Promise((resolve) => setImmediate(resolve));
};

describe("submitters of a user", { timeout: 60_000 }, () => {
  test("answer with the job's number, and hand each job to sbatch under its submission's name", async () => {
    const submission = await open();
    const answers = await Promise.all(
      [1, 2, 3].map((id) => submission.submit(sleepRequest(id), 1)),
    );
    expect(answers.map(({ error }) => error)).toEqual([null, null, null]);
    expect(called().toSorted()).toEqual(["1-1", "2-1", "3-1"]);
    submission.close();
  });

  test("that are lost are opened again in their old number, however many jobs wait", async () => {
    const submission = await open();
    hold();
    const first = Promise.allSettled(
      [1, 2, 3, 4, 5, 6, 7, 8].map((id) => submission.submit(sleepRequest(id), 1)),
    );
    await expect.poll(() => called().length, patient).toBe(4);
    await loseAll();
    const lost = await first;
    expect(lost.filter(({ status }) => status === "rejected")).toHaveLength(8);
    const later = Array.from({ length: 50 }, (_, index) =>
      submission.submit(sleepRequest(100 + index), 1),
    );
    await expect.poll(() => executor.channels.length, patient).toBe(8);
    letGo();
    const answers = await Promise.all(later);
    expect(answers.every(({ error }) => error === null)).toBe(true);
    expect(executor.channels).toHaveLength(8);
    submission.close();
  });

  test("that cannot be opened again for a while keep what waits, and hand it over once", async () => {
    const submission = await open();
    let refusals = 3;
    executor.beforeOpen = () => {
      if (refusals-- > 0) unreachable();
    };
    await loseAll();
    const answer = await submission.submit(sleepRequest(1), 1);
    expect(answer.error).toBeNull();
    expect(called()).toEqual(["1-1"]);
    submission.close();
  });

  test("that stay away refuse what waits, and never hand it over afterwards", async () => {
    const submission = await open(["user01"], 100);
    executor.beforeOpen = unreachable;
    await loseAll();
    await expect(submission.submit(sleepRequest(1), 1)).rejects.toThrow("no SSH connection");
    executor.beforeOpen = () => {};
    expect((await submission.submit(sleepRequest(2), 1)).error).toBeNull();
    expect(called()).toEqual(["2-1"]);
    submission.close();
  });
});

describe("a submission whose answer was lost", { timeout: 60_000 }, () => {
  test("is revoked when it has not reached sbatch, which its late line finds", async () => {
    const submission = await open();
    hold();
    const jobs = [1, 2, 3, 4, 5].map((id) =>
      submission.submit(sleepRequest(id), 1).catch(() => null),
    );
    await expect.poll(() => called().length, patient).toBe(4);
    // The fifth lies behind another in a lane that still reads.
    await loseAll();
    await Promise.all(jobs);
    const begun = called();
    const late = ["1-1", "2-1", "3-1", "4-1", "5-1"].find((name) => !begun.includes(name)) ?? "";
    const [fate] = await submission.settle([{ job: Number(late[0]), submission: 1 }]);
    expect(fate).toEqual({ kind: "revoked" });
    letGo();
    await expect
      .poll(() => begun.every((_, index) => !runs(calls()[index]?.[1] ?? "")), patient)
      .toBe(true);
    // Its lane has read the line by the time it has answered a later one of the same lane.
    await expect.poll(() => fs.readdirSync(path.join(directory, "claims")).length, patient).toBe(5);
    expect(called()).toEqual(begun);
    // Asked again, as after a settlement whose answer was lost, it is revoked still.
    expect(await submission.settle([{ job: Number(late[0]), submission: 1 }])).toEqual([
      { kind: "revoked" },
    ]);
    submission.close();
  });

  test("is known after all when sbatch has answered", async () => {
    const submission = await open();
    hold();
    const answer = submission.submit(sleepRequest(1), 1).catch(() => null);
    await expect.poll(() => called().length, patient).toBe(1);
    await loseAll();
    await answer;
    letGo();
    const claim = path.join(directory, "claims", "1.1");
    await expect.poll(() => fs.readFileSync(claim, "utf8").split("\n").length, patient).toBe(3);
    const [fate] = await submission.settle([{ job: 1, submission: 1 }]);
    expect(fate).toMatchObject({
      kind: "answered",
      answer: { schedulerJob: calls()[0]?.[1], error: null },
    });
    submission.close();
  });

  test("is ended with the sbatch that waits for its answer, and the time of the call is kept", async () => {
    const submission = await open();
    hold();
    const before = Date.now();
    const answer = submission.submit(sleepRequest(1), 1).catch(() => null);
    await expect.poll(() => called().length, patient).toBe(1);
    await loseAll();
    await answer;
    const [fate] = await submission.settle([{ job: 1, submission: 1 }]);
    expect(fate?.kind).toBe("called");
    const at = fate?.kind === "called" ? fate.at : null;
    expect(at).toBeGreaterThan(before - 1);
    expect(at).toBeLessThan(Date.now());
    expect(runs(calls()[0]?.[1] ?? "")).toBe(false);
    submission.close();
  });

  test("ends no lane but its own", async () => {
    const submission = await open();
    hold();
    const jobs = [1, 2].map((id) => submission.submit(sleepRequest(id), 1).catch(() => null));
    await expect.poll(() => called().length, patient).toBe(2);
    executor.channels[0]?.lose();
    await jobs[0];
    await submission.settle([{ job: 1, submission: 1 }]);
    letGo();
    expect(await jobs[1]).toMatchObject({ error: null });
    submission.close();
  });

  test("reaches sbatch once, however often its line arrives", async () => {
    const submission = await open();
    const write = executor.channels[0]?.write.bind(executor.channels[0]);
    const channel = executor.channels[0] as { write: (text: string) => void };
    channel.write = (text) => {
      for (let copy = 0; copy < 3; copy++) write?.(text);
    };
    expect((await submission.submit(sleepRequest(1), 1)).error).toBeNull();
    await expect.poll(() => called().length, patient).toBe(1);
    expect((await submission.submit(sleepRequest(2), 1)).error).toBeNull();
    expect(called()).toEqual(["1-1", "2-1"]);
    submission.close();
  });
});

describe("a submission that is stopped", { timeout: 60_000 }, () => {
  test("begins no further call, waits for those under way and knows their answers", async () => {
    const submission = await open();
    hold();
    const jobs = Array.from({ length: 30 }, (_, index) =>
      submission.submit(sleepRequest(index + 1), 1).then(
        ({ schedulerJob }) => schedulerJob,
        () => null,
      ),
    );
    await expect.poll(() => called().length, patient).toBe(4);
    const stopping = submission.stop(15_000);
    await expect.poll(() => executor.runs.at(-1), patient).toBe("ask what became of submissions");
    await expect.poll(() => fs.readdirSync(path.join(directory, "claims")).length, patient).toBe(8);
    letGo();
    expect(await stopping).toEqual([]);
    const accepted = (await Promise.all(jobs)).filter((id) => id !== null);
    expect(accepted).toHaveLength(4);
    expect(called()).toHaveLength(4);
    await expect(submission.submit(sleepRequest(99), 1)).rejects.toThrow("stopped");
    submission.close();
  });

  test("ends the calls that take too long and names them", async () => {
    const submission = await open();
    hold();
    const job = submission.submit(sleepRequest(1), 1).catch(() => null);
    await expect.poll(() => called().length, patient).toBe(1);
    const stopped = await submission.stop(50);
    expect(stopped).toMatchObject([{ job: 1, submission: 1, settled: { kind: "called" } }]);
    expect(runs(calls()[0]?.[1] ?? "")).toBe(false);
    await job;
    submission.close();
  });
});

test("what a killed harness left submits nothing more, and its open calls are counted", async () => {
  const submission = await open();
  hold();
  const jobs = [1, 2, 3, 4, 5, 6].map((id) =>
    submission.submit(sleepRequest(id), 1).catch(() => null),
  );
  await expect.poll(() => called().length, patient).toBe(4);
  // The harness is gone without a word: the channels stay.
  const next = new LocalExecutor(base);
  const nextDirectory = path.join(base, "runs", "20261121T233500Z-aaaaaa");
  expect(await fenceSubmitters(next, "controller", nextDirectory)).toBe(4);
  for (const [, pid = ""] of calls()) expect(runs(pid)).toBe(false);
  for (const { pid } of executor.channels.slice(0, 4)) expect(runs(String(pid))).toBe(false);
  letGo();
  expect(called()).toHaveLength(4);
  expect(await fenceSubmitters(next, "controller", nextDirectory)).toBe(4);
  submission.close();
  await Promise.all(jobs);
}, 60_000);
