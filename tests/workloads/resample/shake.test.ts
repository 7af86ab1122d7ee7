import fc from "fast-check";
import { expect, test } from "vitest";
import { shake } from "../../../workloads/resample/shake";
import { propertyRuns } from "../../property-runs";
import { kept, logs, numbers } from "./logs";

const amounts = fc.record({
  number: numbers,
  arrivals: fc.double({ min: 0, max: 5, noNaN: true }),
  runs: fc.double({ min: 0, max: 0.5, noNaN: true }),
});

test("a shake has the same jobs in order of submission, the same ones for the same number", () => {
  fc.assert(
    fc.property(logs, amounts, (records, shaking) => {
      const shaken = shake(records, shaking);
      expect(shake(records, shaking)).toEqual(shaken);
      expect(shaken.map(({ job }) => job).sort((a, b) => a - b)).toEqual(
        records.map(({ job }) => job),
      );
      const submits = shaken.map(({ submit }) => submit);
      expect([...submits].sort((a, b) => a - b)).toEqual(submits);
    }),
    { numRuns: propertyRuns(100) },
  );
});

test("times change by no more than was asked for, and nothing else changes", () => {
  fc.assert(
    fc.property(logs, amounts, (records, { number, arrivals, runs }) => {
      const span = (records.at(-1)?.submit ?? 0) - (records[0]?.submit ?? 0);
      const largest = records.length > 1 ? (arrivals * span) / (records.length - 1) : 0;
      const source = new Map(records.map((record) => [record.job, record]));
      for (const record of shake(records, { number, arrivals, runs })) {
        const original = source.get(record.job) ?? record;
        // Rounding moves a change by up to half its unit.
        expect(Math.abs(record.submit - original.submit)).toBeLessThanOrEqual(largest + 0.5);
        expect(Math.abs(record.run - original.run)).toBeLessThanOrEqual(original.run * runs + 0.5);
        expect(record.run).toBeGreaterThan(0);
        if (original.estimate >= original.run) {
          expect(record.run).toBeLessThanOrEqual(original.estimate);
        }
        expect(record.user).toBe(original.user);
        expect(record.wait).toBe(-1);
        const { run: _, ...rest } = kept(record);
        const { run: __, ...others } = kept(original);
        expect(rest).toEqual(others);
      }
    }),
    { numRuns: propertyRuns(100) },
  );
});

test("without amounts nothing moves; with them nearly every submission does", () => {
  const records = fc.sample(logs, { numRuns: 1, seed: 1 })[0] ?? [];
  const many = Array.from({ length: 100 }, (_, index) => ({
    ...records[0],
    job: index + 1,
    submit: index * 100,
  })) as typeof records;
  const times = (shaken: typeof records) => shaken.map(({ submit, run }) => [submit, run]);
  expect(times(shake(many, { number: 1, arrivals: 0, runs: 0 }))).toEqual(times(many));
  const one = times(shake(many, { number: 1, arrivals: 1, runs: 0 }));
  const two = times(shake(many, { number: 2, arrivals: 1, runs: 0 }));
  expect(one.filter(([submit]) => submit === undefined || submit % 100 === 0).length).toBeLessThan(
    5,
  );
  expect(two).not.toEqual(one);
});
