import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Submission } from "../../../../experiments/schedulers/adapter";
import {
  fenceSubmitters,
  openSubmitters,
} from "../../../../experiments/schedulers/lanes/submission";
import { librarySubmitter } from "../../../../experiments/schedulers/slurm/submitter";
import { clockPath } from "../../../../spec/clock";
import { oneCoreJob, sleepRequest } from "../../one-core-job";
import { LibraryDouble, noPerl, runId } from "./library";

const asks = () => ({ nice: 0 });
const patient = { timeout: 20_000 };

let double: LibraryDouble;
let submission: Submission;

beforeEach(async () => {
  double = new LibraryDouble();
  const { executor, directory } = double;
  const submitter = librarySubmitter({
    runId,
    directory,
    requeues: () => false,
    asks: () => ({ nice: 0 }),
  });
  submission = await openSubmitters(executor, "controller", ["user01"], submitter, {
    pauseMs: 20,
  });
});
afterEach(() => {
  submission.close();
  double.dispose();
});

/** Job and submission of each call, such as `3-1`. */
const called = () =>
  double.calls().map((line) => new RegExp(`name=schedlab-${runId}-(\\S+)`).exec(line)?.[1]);

describe.skipIf(noPerl !== "")(
  `submitters over Slurm's library${noPerl}`,
  { timeout: 60_000 },
  () => {
    test("hand over an allocation for a job without a process, and a script for one with", async () => {
      const hold = { job: oneCoreJob({ id: 1 }), body: { kind: "hold", seconds: 2.5 } } as const;
      const answers = [
        await submission.submit(hold, 1),
        await submission.submit(sleepRequest(2), 1),
      ];
      expect(answers.map(({ error }) => error)).toEqual([null, null]);
      for (const { schedulerJob } of answers) expect(schedulerJob).toMatch(/^\d+$/);
      const [first = "", second = ""] = double.calls();
      expect(first).toMatch(/^allocate comment=hold 2\.5 min_cpus=1 name=/);
      expect(second).toMatch(/^batch .*script=#!\/bin\/bash\|exec \/bin\/bash .* sleep /);
    });

    test("ask for memory of a core or of a node, and for a time from now on", async () => {
      const body = { kind: "hold", seconds: 1 } as const;
      const job = oneCoreJob({ id: 1, cores: 4, memoryMiB: 400, eligibleAfterSeconds: 60 });
      const before = Math.floor(Date.now() / 1000);
      await submission.submit({ job, body }, 1);
      await submission.submit({ job: { ...job, id: 2, nodes: 2 }, body }, 1);
      const [ofCore = "", ofNode = ""] = double.calls();
      // The highest of the 64 bits marks memory for each core.
      expect(ofCore).toContain(` pn_min_memory=${2n ** 63n + 100n} `);
      expect(ofNode).toContain(" pn_min_memory=200 ");
      expect(ofNode).toMatch(/ max_nodes=2 min_cpus=4 min_nodes=2 .*ntasks_per_node=2 /);
      const begin = Number(/ ?begin_time=(\d+) /.exec(ofCore)?.[1]);
      expect(begin).toBeGreaterThanOrEqual(before + 60);
      expect(begin).toBeLessThanOrEqual(Date.now() / 1000 + 61);
      expect(ofCore + ofNode).not.toMatch(/begin_after|memory_per_node/);
    });

    test("count the time of beginning by slurmctld's clock", async () => {
      const origin = Math.floor(Date.now() / 1000) - 100;
      double.write("clock", `10 ${origin}\n`);
      const { executor } = double;
      const directory = path.join(double.base, "runs", "accelerated");
      fs.mkdirSync(directory);
      const open = executor.open.bind(executor);
      const clock = path.join(double.base, "clock");
      executor.open = (host, command, options) =>
        open(host, command.replaceAll(clockPath, clock), options);
      const submitter = librarySubmitter({ runId, directory, requeues: () => false, asks });
      const accelerated = await openSubmitters(executor, "controller", ["user02"], submitter);
      const job = oneCoreJob({ id: 1, user: "user02", eligibleAfterSeconds: 60 });
      await accelerated.submit({ job, body: { kind: "hold", seconds: 1 } }, 1);
      accelerated.close();
      const begin = Number(/ ?begin_time=(\d+) /.exec(double.calls()[0] ?? "")?.[1]);
      expect(begin).toBeGreaterThanOrEqual(origin + 1060);
      expect(begin).toBeLessThanOrEqual(origin + (Date.now() / 1000 - origin) * 10 + 61);
    });

    test("answer for a job that Slurm refuses, and for those after it", async () => {
      const refused = await submission.submit(sleepRequest(1, { cores: 65 }), 1);
      expect(refused).toMatchObject({
        schedulerJob: null,
        error: "Requested node configuration is not available",
        uncertain: false,
      });
      expect((await submission.submit(sleepRequest(2), 1)).error).toBeNull();
    });

    test("say that nothing is certain while slurmctld is away", async () => {
      double.write("away", "");
      const lost = await submission.submit(sleepRequest(1), 1);
      expect(lost).toMatchObject({ schedulerJob: null, uncertain: true });
      double.remove("away");
      expect((await submission.submit(sleepRequest(1), 2)).error).toBeNull();
      expect(called()).toEqual(["1-1", "1-2"]);
    });

    test("hand a submission over once, however often its line arrives", async () => {
      const channel = double.executor.channels[0] as { write: (text: string) => void };
      const write = channel.write.bind(channel);
      channel.write = (text) => write(text.repeat(3));
      expect((await submission.submit(sleepRequest(1), 1)).error).toBeNull();
      expect((await submission.submit(sleepRequest(2), 1)).error).toBeNull();
      expect(called()).toEqual(["1-1", "2-1"]);
    });

    test("that are lost in a call are ended with it, and the time of the call is kept", async () => {
      double.write("hold", "");
      const before = Date.now();
      const answer = submission.submit(sleepRequest(1), 1).catch(() => null);
      await expect.poll(called, patient).toEqual(["1-1"]);
      for (const channel of double.executor.channels) channel.lose();
      await answer;
      const [fate] = await submission.settle([{ job: 1, submission: 1 }]);
      expect(fate?.kind).toBe("called");
      expect(fate?.kind === "called" ? fate.at : null).toBeGreaterThan(before - 1);
    });

    test("of a killed harness submit nothing more once the next run has fenced them", async () => {
      double.write("hold", "");
      const answer = submission.submit(sleepRequest(1), 1).catch(() => null);
      await expect.poll(called, patient).toEqual(["1-1"]);
      for (const channel of double.executor.channels) channel.lose();
      await answer;
      expect(await fenceSubmitters(double.executor, "controller", double.directory)).toBe(1);
      double.remove("hold");
      expect(fs.existsSync(path.join(double.directory, "claims"))).toBe(false);
      expect(called()).toEqual(["1-1"]);
    });
  },
);
