import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sampleScheduler } from "../../../experiments/run/scheduler-sampler";
import {
  type EstimateRecord,
  estimateRecordSchema,
  type InternalsRecord,
  internalsRecordSchema,
} from "../../../store/scheduler-record";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function scene() {
  const estimates: EstimateRecord[] = [];
  const internals: InternalsRecord[] = [];
  const warnings: string[] = [];
  const samples = {
    estimate: (record: EstimateRecord) => estimates.push(record),
    internals: (record: InternalsRecord) => internals.push(record),
    warning: (message: string) => warnings.push(message),
  };
  return { estimates, internals, warnings, samples };
}

const expected = [{ job: 1, startAt: 1_795_701_900_000, resolutionMs: 1000 }];

test("counters are read at once and then every 30 s, estimates after 30 s, in whole records", async () => {
  const { estimates, internals, samples } = scene();
  const sampler = sampleScheduler(
    { estimates: async () => expected, internals: async () => ({ main_cycles: 3 }) },
    undefined,
    samples,
  );
  await vi.advanceTimersByTimeAsync(29_000);
  expect([internals.length, estimates.length]).toEqual([1, 0]);
  await vi.advanceTimersByTimeAsync(32_000);
  expect([internals.length, estimates.length]).toEqual([3, 2]);
  for (const record of internals) internalsRecordSchema.parse(record);
  for (const record of estimates) estimateRecordSchema.parse(record);
  expect(estimates[0]).toMatchObject(expected[0] ?? {});
  sampler.close();
  await vi.advanceTimersByTimeAsync(120_000);
  expect([internals.length, estimates.length]).toEqual([3, 2]);
});

test("there is one question at a time, and a slow answer puts the next one off", async () => {
  const { internals, samples } = scene();
  let [open, most] = [0, 0];
  const slow = async <T>(answer: T) => {
    open += 1;
    most = Math.max(most, open);
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    open -= 1;
    return answer;
  };
  const sampler = sampleScheduler(
    { estimates: () => slow(expected), internals: () => slow({ a_us: 1 }) },
    { estimates: 5, internals: 2 },
    samples,
  );
  await vi.advanceTimersByTimeAsync(10_000_000);
  expect(most).toBe(1);
  expect(internals.length).toBeGreaterThan(10);
  expect(internals.length).toBeLessThan(14);
  sampler.close();
});

test.each([true, false])(
  "after a question nothing is asked for 100 times as long (answered: %s)",
  async (answered) => {
    const { samples } = scene();
    const asked: number[] = [];
    const internals = async () => {
      asked.push(Date.now());
      await new Promise((resolve) => setTimeout(resolve, 500));
      if (!answered) throw new Error("no answer");
      return { a_us: 1 };
    };
    const sampler = sampleScheduler({ internals }, { internals: 1 }, samples);
    await vi.advanceTimersByTimeAsync(120_000);
    const [first = 0] = asked;
    expect(asked.map((at) => at - first)).toEqual([0, 50_500, 101_000]);
    sampler.close();
  },
);

test("an answer that does not come is said once until one comes again, and ends nothing", async () => {
  const { internals, warnings, samples } = scene();
  let down = true;
  const sampler = sampleScheduler(
    {
      internals: async () => {
        if (down) throw new Error("no SSH connection");
        return { a_us: 1 };
      },
    },
    { internals: 1 },
    samples,
  );
  await vi.advanceTimersByTimeAsync(5_500);
  expect(warnings).toEqual(["the scheduler's counters are missed: no SSH connection"]);
  down = false;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(internals.length).toBeGreaterThan(0);
  down = true;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(warnings).toHaveLength(2);
  sampler.close();
});

test("0 asks never, and what an adapter has not is not asked", async () => {
  const { estimates, internals, samples } = scene();
  const none = sampleScheduler({}, undefined, samples);
  const never = sampleScheduler(
    { estimates: async () => expected, internals: async () => ({ a_us: 1 }) },
    { estimates: 0, internals: 0 },
    samples,
  );
  await vi.advanceTimersByTimeAsync(120_000);
  expect([internals.length, estimates.length]).toEqual([0, 0]);
  none.close();
  never.close();
});

test("an answer without any counter leaves no record", async () => {
  const { internals, samples } = scene();
  const sampler = sampleScheduler({ internals: async () => ({}) }, { internals: 1 }, samples);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(internals).toEqual([]);
  sampler.close();
});
