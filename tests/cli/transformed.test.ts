import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { writeTransformed } from "../../cli/transformed";
import { readSwf, SwfReading } from "../../workloads/swf/read";
import type { Transform } from "../../workloads/swf/transform";
import { logFile } from "../workloads/swf-fixture";

async function transformed(text: string, transform: Transform) {
  const file = logFile(text);
  const out = path.join(path.dirname(file), "out.swf");
  const { written } = await writeTransformed(new SwfReading(file, "tolerant"), out, transform);
  expect((await readdir(path.dirname(file))).sort()).toEqual(["log.swf", "out.swf"]);
  return { text: readFileSync(out, "utf8"), written };
}

const time = fc.oneof(
  fc.nat(5000).map(String),
  fc.nat(50_000).map((tenths) => String(tenths / 10)),
  fc.constantFrom("1e2", "+7", ".5", "3.", "0.000001"),
);
const job = fc.record({
  gap: fc.nat(300),
  wait: fc.oneof(time, fc.constant("-1")),
  run: time,
  cores: fc.integer({ min: 1, max: 64 }),
  cpu: fc.oneof(time, fc.constantFrom("-1", "0.05")),
  user: fc.integer({ min: -1, max: 9 }),
  preceding: fc.integer({ min: -1, max: 5 }),
  executions: fc.constantFrom(0, 0, 0, 2, 3),
});
const log = fc
  .record({
    jobs: fc.array(job, { minLength: 1, maxLength: 15 }),
    first: fc.constantFrom(0, 1, 7),
    tenths: fc.boolean(),
  })
  .map(({ jobs, first, tenths }) => {
    let clock = 0;
    const lines = jobs.flatMap(
      ({ gap, wait, run, cores, cpu, user, preceding, executions }, index) => {
        clock += gap;
        const line = (submit: string, took: string, status: number) =>
          `${index + first} ${submit} ${wait} ${took} ${cores} ${cpu} -1 ${cores} 99 -1 ${status} ${user} 1 1 1 1 ${preceding} 5`;
        const submit = String(tenths ? clock / 10 : clock);
        if (executions === 0) return [line(submit, run, 1)];
        return Array.from({ length: executions }, (_, place) =>
          line(place === 0 ? submit : "-1", run, place === executions - 1 ? 3 : 2),
        );
      },
    );
    const header = ["; MaxProcs: 64 (4 racks)", "; MaxRuntime: 5000", "; Note: a", ";   Max: b"];
    return [...header, ...lines].join("\n");
  });
const factor = fc.oneof(
  fc.double({ min: 1e-6, max: 50, noNaN: true }),
  fc.constantFrom(0.00001, 1, 1 / 3),
);
const transform: fc.Arbitrary<Transform> = fc.record(
  {
    from: fc.nat(200),
    until: fc.integer({ min: 100, max: 2000 }),
    first: fc.integer({ min: 1, max: 10 }),
    time: factor,
    load: factor,
    procs: fc.integer({ min: 1, max: 99 }),
    users: fc.integer({ min: 1, max: 5 }),
  },
  { requiredKeys: [] },
);

test("whatever the log and the transformation, the strict reader takes what was written", async () => {
  await fc.assert(
    fc.asyncProperty(log, transform, async (text, steps) => {
      const kept = await transformed(text, steps).catch((error: Error) => error);
      if (kept instanceof Error) {
        expect(kept.message).toContain("no job is left");
        return;
      }
      expect(kept.text).not.toMatch(/^[^;].*e/m);
      const { reading, records } = await readSwf(Buffer.from(kept.text), "strict");
      expect(reading.records).toBe(kept.written);
      expect(reading.header.get("MaxJobs")).toEqual([String(reading.jobs)]);
      expect(reading.header.get("Note")?.[0]).toBe("a\nMax: b");
      for (const { requested } of records) {
        expect(requested).toBeLessThanOrEqual(steps.procs ?? 64);
      }
      const again = await transformed(kept.text, {});
      expect(again.text).toBe(kept.text);
    }),
    { numRuns: 150 },
  );
}, 60_000);

test("without a step the jobs are the same, with their decimals", async () => {
  await fc.assert(
    fc.asyncProperty(log, async (text) => {
      const before = await readSwf(Buffer.from(text), "tolerant");
      const after = await readSwf(Buffer.from((await transformed(text, {})).text), "strict");
      const times = (records: typeof before.records) =>
        records.map(({ submit, wait, run, cpu, allocated }) => [submit, wait, run, cpu, allocated]);
      expect(times(after.records)).toEqual(times(before.records));
    }),
    { numRuns: 60 },
  );
}, 60_000);

const tenths = ["1 0.4 0.2 10.5 4 -1 -1 4 20 -1 1 1 1 1 1 1 -1 -1"];

test("times keep the decimals that the log has, and the header tells how long a run may be now", async () => {
  const text = ["; MaxRuntime: 100", "; EndTime: Sat", ...tenths].join("\n");
  const { text: written } = await transformed(text, { time: 0.5 });
  expect(written).toContain("; MaxRuntime: 50\n");
  expect(written).not.toContain("EndTime");
  expect(written).toContain("\n1 0.2 0.1 5.3 4 -1");
});

test("a log that numbers its jobs from 0 is written with numbers from 1", async () => {
  const line = "0 0 0 10 4 -1 -1 4 20 -1 1 1 1 1 1 1 -1 -1";
  const { text } = await transformed(`${line}\n${line.replace(/^0 0(.*)-1 -1$/, "1 3$10 9")}`, {});
  expect(text).toContain("job numbers from 1 instead of 0");
  expect(text).toMatch(/^1 0 .* -1 -1\n2 3 .* 1 9\n$/m);
});

test("a job that is cut away is nobody's preceding job any more", async () => {
  const line = (job: number, preceding: number) =>
    `${job} ${job} 0 10 4 -1 -1 4 20 -1 1 1 1 1 1 1 ${preceding} 9`;
  const { text } = await transformed([line(1, -1), line(2, 1), line(3, 2)].join("\n"), { from: 2 });
  expect(text).toMatch(/^2 0 .* -1 -1\n3 1 .* 2 9\n$/m);
});
