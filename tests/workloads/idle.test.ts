import fc from "fast-check";
import { expect, test } from "vitest";
import { simulate } from "../../analysis/simulate/simulation";
import { type TraceWorkload, workloadSchema } from "../../spec/workload";
import { BusyTimes, compressIdle } from "../../workloads/idle";
import type { WorkloadJob } from "../../workloads/job";
import type { SwfRecord } from "../../workloads/swf/record";
import { workloadJobs } from "../../workloads/workload";
import { logs } from "./resample/logs";
import { logFile } from "./swf-fixture";

const procs = 64;

const unknown: SwfRecord = {
  ...{ job: 1, submit: 0, wait: -1, run: 1, allocated: -1, cpu: -1, memory: -1, requested: 1 },
  ...{ estimate: -1, requestedMemory: -1, status: 1, user: 1, group: -1, executable: -1 },
  ...{ queue: -1, partition: -1, preceding: -1, think: -1 },
};

/** The log with the waits that its jobs have under EASY backfilling on a machine of its own. */
function recorded(records: readonly SwfRecord[]): SwfRecord[] {
  const jobs = records.map(simulated);
  const { starts } = simulate(jobs, { procs, policy: "easy" });
  return records.map((record, index) => ({
    ...record,
    wait: (starts[index] ?? 0) - record.submit,
  }));
}

function simulated({ job, submit, run, requested, estimate }: SwfRecord) {
  return { job, submit, run, size: requested, estimate: Math.max(run, estimate) };
}

function waits(records: readonly SwfRecord[]): number[] {
  const { starts } = simulate(records.map(simulated), { procs, policy: "easy" });
  return records.map(({ submit }, index) => (starts[index] ?? 0) - submit);
}

function compressed(records: readonly SwfRecord[], longerThan: number) {
  const busy = new BusyTimes("log.swf");
  for (const record of records) busy.add(record);
  const { choices, note } = compressIdle(
    records.map((record) => ({ record })),
    busy,
    longerThan,
  );
  return { records: choices.map(({ record }) => record), note };
}

const sparse = logs.map((records) =>
  recorded(records.map((record) => ({ ...record, submit: record.submit * 3 }))),
);
const thresholds = fc.integer({ min: 0, max: 20_000 });

test("only submit times change, their order and the gaps of busy stretches do not", () => {
  fc.assert(
    fc.property(sparse, thresholds, (records, longerThan) => {
      const { records: moved } = compressed(records, longerThan);
      expect(moved.map(({ submit: _, ...rest }) => rest)).toEqual(
        records.map(({ submit: _, ...rest }) => rest),
      );
      let busyUntil = Number.NEGATIVE_INFINITY;
      for (const [index, record] of records.entries()) {
        const [before, after] = [records[index - 1], moved[index - 1]];
        const gap = record.submit - (before?.submit ?? record.submit);
        const movedGap = (moved[index]?.submit ?? 0) - (after?.submit ?? moved[index]?.submit ?? 0);
        const idle = before === undefined ? 0 : Math.max(0, record.submit - busyUntil);
        expect(movedGap).toBe(gap - Math.max(0, idle - longerThan));
        busyUntil = Math.max(busyUntil, record.submit + record.wait + record.run);
      }
    }),
  );
});

test("backfilling gives every job the wait that it has without the cuts", () => {
  fc.assert(
    fc.property(sparse, thresholds, (records, longerThan) => {
      const { records: moved } = compressed(records, longerThan);
      expect(waits(moved)).toEqual(waits(records));
    }),
  );
});

test("executions that are handed out late fill the stretch that seemed idle", () => {
  const job = (submit: number, wait: number, run: number) =>
    ({ ...unknown, submit, wait, run }) satisfies SwfRecord;
  const busy = new BusyTimes("log.swf");
  for (const record of [job(0, 0, 10), job(1000, 0, 10), job(5, 100, 500), job(5000, 0, 1)]) {
    busy.add(record);
  }
  expect(busy.idle(100)).toEqual([
    { from: 605, until: 1000 },
    { from: 1010, until: 5000 },
  ]);
  expect(busy.idle(395)).toEqual([{ from: 1010, until: 5000 }]);
});

const line = (id: number, submit: number, wait: number, run: number, size = 1) =>
  `${id} ${submit} ${wait} ${run} ${size} -1 -1 ${size} -1 -1 1 1 -1 -1 -1 -1 -1 -1`;

function plan(lines: readonly string[], change: object) {
  const file = logFile(["; MaxProcs: 4", ...lines].join("\n"));
  const spec = workloadSchema.parse({ kind: "trace", file, jobs: "all", ...change });
  return workloadJobs(spec as TraceWorkload, {
    capacityCores: 4,
    largestNodeCores: 4,
    memoryPerCoreMiB: 512,
    gpus: 0,
  });
}

const submits = (jobs: readonly WorkloadJob[]) => jobs.map(({ submitSeconds }) => submitSeconds);
const compress = { compressIdle: { longerThan: 60 } };

test("idle stretches are cut to the threshold, in the log's time, and the note says how much", async () => {
  const log = [
    line(1, 0, 0, 100),
    line(2, 1000, 20, 80),
    line(3, 1100, 0, 10),
    line(4, 5000, 0, 9),
  ];
  const { jobs, notes } = await plan(log, compress);
  // Idle from 100 to 1000 and from 1110 to 5000.
  expect(submits(jobs)).toEqual([0, 160, 260, 330]);
  expect(notes).toEqual([
    "2 idle stretches of the log were cut to 60 s, which leaves out 4670 s of 5000 s",
  ]);
  expect(submits((await plan(log, { ...compress, timeFactor: 0.5 })).jobs)).toEqual([
    0, 80, 130, 165,
  ]);
  expect((await plan(log, { compressIdle: { longerThan: 5000 } })).notes).toEqual([
    "no idle stretch of the log is longer than 5000 s",
  ]);
});

test("jobs that are not replayed keep the machine busy: those before the window, cancelled and unused ones", async () => {
  // The first runs into the window; the second is cancelled after waiting.
  const log = [
    line(1, 0, 0, 1500),
    line(2, 1000, 0, 5),
    line(3, 1600, 900, 0),
    line(4, 3000, 0, 5),
  ];
  const { jobs, notes } = await plan(log, { ...compress, window: { from: 500, seconds: 9000 } });
  // Idle from 1500 to 1600 and from 2500 to 3000.
  expect(submits(jobs)).toEqual([0, 2000 - 40 - 440]);
  expect(notes).toEqual([
    "1 jobs of the trace skipped: no run time above 0",
    "2 idle stretches of the log were cut to 60 s, which leaves out 480 s of 2000 s",
  ]);
});

test("a log that does not say when its machine was idle is refused by its first such job", async () => {
  const log = [line(1, 0, 0, 100), line(2, 1000, -1, 80), line(3, 1001, -1, 80)];
  await expect(plan(log, compress)).rejects.toThrow(/log\.swf: job 2 has no recorded wait/);
  // Behind the last job that is taken it does not matter.
  expect((await plan(log, { ...compress, jobs: 1 })).jobs).toHaveLength(1);
});

test("a small window gives the same waits under EASY with its idle stretches and without them", async () => {
  // Three bursts of twenty jobs, hours apart.
  const records = recorded(
    Array.from({ length: 60 }, (_, index) => ({
      ...unknown,
      job: index + 1,
      submit: Math.floor(index / 20) * 20_000 + (index % 20) * 11,
      run: 20 + ((index * 37) % 400),
      requested: 1 + ((index * 7) % procs),
    })),
  );
  const lines = records.map((one) => line(one.job, one.submit, one.wait, one.run, one.requested));
  const change = { sizes: { mode: "full" }, runtime: { max: 36_000 } };
  const simulatedWaits = async (options: object) => {
    const file = logFile(["; MaxProcs: 64", ...lines].join("\n"));
    const spec = workloadSchema.parse({ kind: "trace", file, jobs: "all", ...change, ...options });
    const { jobs } = await workloadJobs(spec as TraceWorkload, {
      capacityCores: procs,
      largestNodeCores: procs,
      memoryPerCoreMiB: 512,
      gpus: 0,
    });
    const input = jobs.map(({ id, submitSeconds, cores, runSeconds, limitSeconds }) => ({
      job: id,
      submit: submitSeconds,
      size: cores,
      run: runSeconds,
      estimate: limitSeconds,
    }));
    const { starts } = simulate(input, { procs, policy: "easy" });
    return {
      waits: input.map(({ submit }, index) => (starts[index] ?? 0) - submit),
      last: Math.max(...submits(jobs)),
    };
  };
  const whole = await simulatedWaits({});
  expect(whole.waits.filter((wait) => wait > 0).length).toBeGreaterThan(20);
  const cut = await simulatedWaits(compress);
  expect(cut.waits).toEqual(whole.waits);
  expect(cut.last).toBeLessThan(whole.last / 2);
});
