import fc from "fast-check";
import { expect, test } from "vitest";
import { logMetrics } from "../../analysis/metrics";
import type { SwfRecord } from "../../workloads/swf/record";
import { swfLines } from "../../workloads/swf/write";
import { propertyRuns } from "../property-runs";
import { logFile } from "../workloads/swf-fixture";
import { referenceMetrics } from "./reference-metrics";

const unknownOr = (largest: number) => fc.integer({ min: -1, max: largest });
const jobs: fc.Arbitrary<SwfRecord[]> = fc
  .array(
    fc.record({
      gap: fc.nat(8),
      wait: unknownOr(30),
      run: unknownOr(30),
      allocated: unknownOr(6),
      requested: unknownOr(6),
      user: unknownOr(3),
      queue: unknownOr(2),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((list) => {
    let submit = 0;
    return list.map(({ gap, ...fields }, index) => {
      submit += gap;
      return {
        job: index + 1,
        submit,
        cpu: -1,
        memory: -1,
        estimate: -1,
        requestedMemory: -1,
        status: 1,
        group: -1,
        executable: -1,
        partition: -1,
        preceding: -1,
        think: -1,
        ...fields,
      };
    });
  });

function fileOf(records: readonly SwfRecord[]): string {
  return logFile(`${[...swfLines(new Map(), records)].join("\n")}\n`);
}

test("the views agree with plain TypeScript, whatever the jobs", async () => {
  await fc.assert(
    fc.asyncProperty(jobs, fc.constantFrom(1, 10, 25), async (records, tau) => {
      const { metrics } = await logMetrics(fileOf(records), { procs: 8, tau });
      const run = new Map(
        metrics.filter(({ scope }) => scope === "run").map((metric) => [metric.name, metric]),
      );
      for (const [name, expected] of Object.entries(referenceMetrics(records, 8, tau))) {
        const metric = run.get(name);
        if (expected === null) expect(metric).toMatchObject({ name, value: null });
        else expect(metric?.value, name).toBeCloseTo(expected, 9);
        expect(metric?.value === null, name).toBe(metric?.reason !== null);
      }
    }),
    { numRuns: propertyRuns(8) },
  );
}, 60_000);

test("what is counted at instants does not depend on the unit of the log's times", async () => {
  const counted = ["n", "peak_cores", "max_queue_length", "delayed_jobs"];
  await fc.assert(
    fc.asyncProperty(jobs, fc.constantFrom(10, 100, 1000), async (records, parts) => {
      const divided = records.map((record) => ({
        ...record,
        submit: record.submit / parts,
        wait: record.wait < 0 ? -1 : record.wait / parts,
        run: record.run < 0 ? -1 : record.run / parts,
      }));
      const figures = async (some: readonly SwfRecord[]) => {
        const { metrics } = await logMetrics(fileOf(some), { procs: 8 });
        const run = metrics.filter(({ scope }) => scope === "run");
        return counted.map((name) => run.find((metric) => metric.name === name)?.value);
      };
      expect(await figures(divided)).toEqual(await figures(records));
    }),
    { numRuns: propertyRuns(8) },
  );
}, 60_000);
