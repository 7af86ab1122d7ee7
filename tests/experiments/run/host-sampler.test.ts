import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { parseCpuTimes, sampleHost } from "../../../experiments/run/host-sampler";
import { type HostSampleRecord, hostSampleRecordSchema } from "../../../store/record";

test("the first line of /proc/stat becomes busy, idle and stolen time; guests are not counted twice", () => {
  const text = "cpu  100 20 30 400 50 6 7 8 90 9\ncpu0 100 20 30 400 50 6 7 8 90 9\n";
  expect(parseCpuTimes(text)).toEqual({
    busyUsec: 1_630_000,
    idleUsec: 4_500_000,
    stealUsec: 80_000,
  });
});

test("a kernel that knows no stolen time had none; another text is no line of CPU times", () => {
  expect(parseCpuTimes("cpu  1 2 3 4 5\n")).toMatchObject({ busyUsec: 60_000, stealUsec: 0 });
  expect(parseCpuTimes("cpu0 1 2 3 4 5\n")).toBeNull();
  expect(parseCpuTimes("")).toBeNull();
});

test("the host is sampled at once, at each interval and at the end, and time goes on", async () => {
  const samples: HostSampleRecord[] = [];
  const sampler = sampleHost(0.02, (sample) => samples.push(sample));
  const deadline = Date.now() + 10_000;
  while (samples.length < 3 && Date.now() < deadline) await delay(10);
  sampler.close();
  const count = samples.length;
  expect(count).toBeGreaterThanOrEqual(4);
  await delay(60);
  expect(samples).toHaveLength(count);
  for (const sample of samples) hostSampleRecordSchema.parse(sample);
  const [first, last] = [samples[0], samples.at(-1)];
  expect(last?.at).toBeGreaterThan(first?.at ?? 0);
  expect((last?.busyUsec ?? 0) + (last?.idleUsec ?? 0)).toBeGreaterThanOrEqual(
    (first?.busyUsec ?? 0) + (first?.idleUsec ?? 0),
  );
});
