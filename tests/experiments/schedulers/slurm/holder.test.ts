import fs from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeExecutor } from "../../../../experiments/remote/fake";
import { fenceSubmitters } from "../../../../experiments/schedulers/lanes/submission";
import { openHolder } from "../../../../experiments/schedulers/slurm/holder";
import { LibraryDouble, noPerl, runId } from "./library";

const patient = { timeout: 20_000 };

let double: LibraryDouble;
let holder: { close(): void };
const warnings: string[] = [];

beforeEach(async () => {
  double = new LibraryDouble();
  warnings.length = 0;
  const { executor, directory } = double;
  holder = await openHolder(executor, "controller", { runId, directory }, (message) =>
    warnings.push(message),
  );
});
afterEach(() => {
  double.write("queue", "");
  holder.close();
  double.dispose();
});

const runs = (pid: number | undefined) => {
  const file = `/proc/${pid}/stat`;
  return fs.existsSync(file) && !/\) [ZX] /.test(fs.readFileSync(file, "utf8"));
};
const seconds = () => Math.floor(Date.now() / 1000);
/** A line of the queue. */
const running = (id: number, start: number, comment: string, run = runId) =>
  `${id} RUNNING ${start} schedlab-${run}-${id}-1 ${comment}\n`;
/** Job and time of each completion. */
const completed = () =>
  double
    .calls()
    .filter((line) => line.startsWith("complete "))
    .map((line) => {
      const [, id, , at] = line.split(" ");
      return { id: Number(id), at: Number(at) };
    });

describe.skipIf(noPerl !== "")(
  `what ends jobs without a process${noPerl}`,
  { timeout: 60_000 },
  () => {
    test("ends each when its time is over, counted from Slurm's own start", async () => {
      const start = seconds();
      double.write("queue", running(7, start, "hold 1.5") + running(8, start, "hold 3"));
      await expect.poll(() => completed().length, patient).toBe(2);
      const [first, second] = completed();
      expect([first?.id, second?.id]).toEqual([7, 8]);
      expect(first?.at).toBeGreaterThanOrEqual(start + 1.5);
      expect(second?.at).toBeGreaterThanOrEqual(start + 3);
      // Not again, although slurmctld lists them as running still.
      double.write("queue", running(7, start, "hold 1.5") + running(9, start, "hold 0"));
      await expect.poll(() => completed().map(({ id }) => id), patient).toEqual([7, 8, 9]);
    });

    test("ends hundreds that began together, none twice", async () => {
      const start = seconds();
      const ids = Array.from({ length: 300 }, (_, index) => index + 1);
      double.write("queue", ids.map((id) => running(id, start, "hold 1")).join(""));
      await expect.poll(() => completed().length, patient).toBe(300);
      expect(
        completed()
          .map(({ id }) => id)
          .toSorted((one, other) => one - other),
      ).toEqual(ids);
    });

    test("leaves jobs alone that wait, have a process, or are of another run", async () => {
      const start = seconds() - 60;
      const other = "20261121T233000Z-zzzzzz";
      double.write(
        "queue",
        [
          `1 PENDING 0 schedlab-${runId}-1-1 hold 1\n`,
          running(2, start, "(null)"),
          running(3, start, "hold 1", other),
          running(4, start, "hold 1"),
        ].join(""),
      );
      await expect.poll(() => completed().map(({ id }) => id), patient).toEqual([4]);
    });

    test("tries again while slurmctld is away", async () => {
      double.write("away", "");
      double.write("queue", running(1, seconds() - 60, "hold 1"));
      await expect.poll(() => completed().length, patient).toBeGreaterThan(1);
      double.remove("away");
      const calls = completed().length;
      await expect.poll(() => completed().length, patient).toBe(calls + 1);
    });

    test("is there again after it was lost, and takes up what the lost one left", async () => {
      for (const { pid } of double.executor.channels) process.kill(-pid, "SIGKILL");
      double.write("queue", running(1, seconds() - 60, "hold 1"));
      await expect.poll(() => completed().map(({ id }) => id), patient).toEqual([1]);
      expect(warnings.join()).toContain("ends jobs without a process is gone");
    });

    test("of a killed harness is ended by the next run", async () => {
      const [channel] = double.executor.channels;
      channel?.lose();
      holder.close();
      expect(await fenceSubmitters(double.executor, "controller", double.directory)).toBe(0);
      double.write("queue", running(1, seconds() - 60, "hold 1"));
      expect(runs(channel?.pid)).toBe(false);
      expect(completed()).toEqual([]);
    });

    test("stays when it is let go until the run has no job left, and no longer", async () => {
      const start = seconds();
      double.write("queue", running(1, start, "hold 2"));
      const [channel] = double.executor.channels;
      if (channel === undefined) throw new Error("no holder was started");
      holder.close();
      await expect.poll(() => completed().map(({ id }) => id), patient).toEqual([1]);
      expect(runs(channel.pid)).toBe(true);
      double.write("queue", "");
      await expect.poll(() => runs(channel.pid), patient).toBe(false);
    });
  },
);

test("a process that is never ready is given up, and its channel closed", async () => {
  const executor = new FakeExecutor();
  const opening = openHolder(
    executor,
    "controller",
    { runId, directory: "/runs", readyMs: 50 },
    () => {},
  );
  await expect(opening).rejects.toThrow("was not ready within 0.05 s");
  const ends = executor.channels.map(({ ended }) => ended);
  expect(await Promise.all(ends)).toEqual([{ code: 0, stderr: "" }]);
});
