import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  simulatedDaemon,
  simulatedEstimate,
  simulatedEvent,
  simulatedHostSample,
  simulatedInstant,
  simulatedJob,
  simulatedSample,
} from "../../../experiments/run/simulated-records";
import { hostTime } from "../../../experiments/schedulers/accelerated";
import { jobRecord } from "../../store/run-fixture";

const startedAt = 1_800_000_000_000;
const time = { factor: 60, startedAt };

describe("records of a run with a faster clock", () => {
  it("count the scheduler's seconds from the run's start", () => {
    expect(simulatedInstant(time, startedAt + 1000)).toBe(startedAt + 60_000);
  });

  it("say again what the scheduler's clock said, up to where that stood at the run's start", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 100 }),
        fc.integer({ min: 0, max: 86_400_000 }),
        fc.integer({ min: 0, max: 86_400_000 }),
        (factor, before, since) => {
          const clock = { factor, originMs: startedAt - before };
          const shownAtStart = clock.originMs + before * factor;
          const host = hostTime(clock, shownAtStart + since);
          expect(simulatedInstant({ factor, startedAt }, host) - startedAt).toBeCloseTo(since, 1);
        },
      ),
    );
  });

  it("keep how long a job ran in the scheduler's seconds, and what is unknown unknown", () => {
    const job = jobRecord(1, "user01", 2, [0, 1, 3]);
    const simulated = simulatedJob({ factor: 10, startedAt: job.dueAt ?? 0 }, job);
    const ran = (job.end?.at ?? 0) - (job.start?.at ?? 0);
    expect((simulated.end?.at ?? 0) - (simulated.start?.at ?? 0)).toBe(10 * ran);
    expect(simulatedJob(time, { ...job, start: null, dueAt: null })).toMatchObject({
      start: null,
      dueAt: null,
    });
  });

  it("have estimates and the moments at which they were seen on one clock", () => {
    const seen = { job: 1, at: startedAt + 1000, startAt: startedAt + 3000, resolutionMs: 20 };
    expect(simulatedEstimate(time, seen)).toEqual({
      job: 1,
      at: startedAt + 60_000,
      startAt: startedAt + 180_000,
      resolutionMs: 1200,
    });
  });

  it("are as coarse as they were, in more seconds", () => {
    const event = {
      job: 1,
      event: "due",
      at: startedAt,
      source: "harness",
      resolutionMs: 1,
    } as const;
    expect(simulatedEvent(time, event)).toMatchObject({ at: startedAt, resolutionMs: 60 });
  });

  it("keep the share of the time in which cores were busy", () => {
    const sample = {
      node: "node01",
      at: startedAt + 1000,
      cpuUsageUsec: 5e5,
      memoryBytes: 1,
      load: 1,
    };
    expect(simulatedSample(time, sample)).toEqual({
      ...sample,
      at: startedAt + 60_000,
      cpuUsageUsec: 3e7,
    });
    const host = { at: startedAt + 1000, busyUsec: 1, idleUsec: 3, stealUsec: 0, harnessUsec: 1 };
    expect(simulatedHostSample(time, host)).toMatchObject({ busyUsec: 60, idleUsec: 180 });
    const daemon = { node: "controller", daemon: "slurmctld", cpuSeconds: 0.5, peakMemoryBytes: 1 };
    expect(simulatedDaemon(time, daemon)).toEqual({ ...daemon, cpuSeconds: 30 });
  });
});
