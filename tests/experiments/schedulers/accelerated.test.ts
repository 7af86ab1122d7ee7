import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostTime, onHostTime } from "../../../experiments/schedulers/accelerated";
import type {
  Observer,
  SchedulerAdapter,
  SchedulerMoment,
} from "../../../experiments/schedulers/adapter";

const instant = fc.double({ min: 1.7e12, max: 1.9e12, noNaN: true });

describe("hostTime", () => {
  it("is the origin where both clocks agree", () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 2, max: 100 }), (originMs, factor) => {
        expect(hostTime({ factor, originMs }, originMs)).toBe(originMs);
      }),
    );
  });

  it("is an hour at the origin plus a minute at factor 60", () => {
    expect(hostTime({ factor: 60, originMs: 1000 }, 1000 + 3_600_000)).toBe(1000 + 60_000);
  });
});

describe("onHostTime", () => {
  const seen = { job: 1, schedulerJob: "7", event: "start", at: 61_000 } as const;

  async function told(moment: SchedulerMoment): Promise<SchedulerMoment[]> {
    const moments: SchedulerMoment[] = [];
    const observer: Partial<Observer> = { moment: (one) => moments.push(one) };
    const adapter: Partial<SchedulerAdapter> = {
      capabilities: {
        resolutionMs: { start: 1000 },
        liveMoments: true,
        limitResolutionSeconds: 60,
        dependencies: "native",
        wraps: false,
      },
      watch: async (observer) => {
        observer.moment(moment);
        return { close: () => {} };
      },
    };
    const clock = { factor: 60, originMs: 1000 };
    const wrapped = onHostTime(adapter as SchedulerAdapter, clock);
    await wrapped.watch(observer as Observer);
    return moments;
  }

  it("tells a moment in the host's time, and how fine it is too where the moment says so itself", async () => {
    expect(await told({ ...seen, resolutionMs: 600 })).toEqual([
      { ...seen, at: 2000, resolutionMs: 20 },
    ]);
  });

  it("tells an expected start in the host's time, and leaves a scheduler without any as it is", async () => {
    const clock = { factor: 60, originMs: 1000 };
    const adapter: Partial<SchedulerAdapter> = {
      capabilities: {
        resolutionMs: {},
        liveMoments: true,
        limitResolutionSeconds: 60,
        wraps: false,
        dependencies: "native",
      },
    };
    const estimates = async () => [{ job: 1, startAt: 61_000, resolutionMs: 1200 }];
    const wrapped = onHostTime({ ...adapter, estimates } as SchedulerAdapter, clock);
    expect(await wrapped.estimates?.()).toEqual([{ job: 1, startAt: 2000, resolutionMs: 30 }]);
    expect(onHostTime(adapter as SchedulerAdapter, clock)).not.toHaveProperty("estimates");
  });

  it("leaves a moment without a resolution of its own to the capabilities", async () => {
    expect(await told(seen)).toEqual([{ ...seen, at: 2000 }]);
  });
});
