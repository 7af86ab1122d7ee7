import fc from "fast-check";
import { expect, test } from "vitest";
import { naturalPeriod } from "../../../workloads/resample/period";
import { isLongTerm, sequencesOf } from "../../../workloads/resample/sequences";
import { resampleUsers } from "../../../workloads/resample/users";
import { readSwf } from "../../../workloads/swf/read";
import type { SwfRecord } from "../../../workloads/swf/record";
import { unusable } from "../../../workloads/usable";
import { propertyRuns } from "../../property-runs";
import { realLog } from "../swf-fixture";
import { kept, logs, numbers } from "./logs";

const periods = fc.constantFrom(undefined, 1, 60, 3600, 86_400, 1e9);

test("the same number gives the same log, whatever was drawn before", () => {
  fc.assert(
    fc.property(logs, numbers, periods, (records, number, period) => {
      const first = resampleUsers(records, { number, period });
      resampleUsers(records, { number: number + 1, period });
      expect(resampleUsers(records, { number, period })).toEqual(first);
    }),
    { numRuns: propertyRuns(100) },
  );
});

test("a drawn user has all jobs of one user of the log, with their sizes and run times", () => {
  fc.assert(
    fc.property(logs, numbers, periods, (records, number, period) => {
      const source = new Map(records.map((record) => [record.job, record]));
      const wholes = new Set(
        sequencesOf(records).map((sequence) => sequence.map(({ job }) => job).join()),
      );
      const drawn = resampleUsers(records, { number, period });
      const users = new Map<number, number[]>();
      for (const record of drawn.records) {
        const original = source.get(record.job);
        expect(kept(record)).toEqual(kept(original as SwfRecord));
        expect(record).toMatchObject({ wait: -1, preceding: -1, think: -1 });
        expect(record.user < 0).toBe((original?.user ?? 0) < 0);
        if (record.user >= 0)
          users.set(record.user, [...(users.get(record.user) ?? []), record.job]);
      }
      for (const jobs of users.values()) {
        expect(wholes).toContain(jobs.sort((a, b) => a - b).join());
      }
      expect(users.size).toBeLessThanOrEqual(drawn.users);
    }),
    { numRuns: propertyRuns(100) },
  );
});

test("jobs are moved by whole periods within the log's length, and are in order", () => {
  fc.assert(
    fc.property(logs, numbers, periods, (records, number, given) => {
      const source = new Map(records.map((record) => [record.job, record.submit]));
      const origin = records[0]?.submit ?? 0;
      const span = (records.at(-1)?.submit ?? 0) - origin;
      const { records: drawn, period } = resampleUsers(records, { number, period: given });
      const step = span >= period ? period : Math.max(1, span);
      let last = origin;
      for (const { job, submit } of drawn) {
        expect((submit - (source.get(job) ?? 0)) % step).toBeCloseTo(0, 5);
        expect(submit).toBeGreaterThanOrEqual(last);
        expect(submit).toBeLessThanOrEqual(origin + span);
        last = submit;
      }
    }),
    { numRuns: propertyRuns(100) },
  );
});

test("more jobs than the log has are drawn in further lengths of it", () => {
  fc.assert(
    fc.property(logs, numbers, fc.integer({ min: 1, max: 300 }), (records, number, atLeast) => {
      const { records: drawn } = resampleUsers(records, { number, atLeast });
      expect(drawn.length).toBeGreaterThanOrEqual(atLeast);
      // The first length is that of the log drawn once.
      const once = resampleUsers(records, { number }).records;
      const apart = drawn.length === once.length ? once : drawn.slice(0, once.length);
      expect(apart.map(({ submit }) => submit).sort((a, b) => a - b)).toEqual(
        once.map(({ submit }) => submit),
      );
    }),
    { numRuns: propertyRuns(100) },
  );
});

test("the period is the longest unit that fits the log four times", () => {
  const week = 7 * 86_400;
  expect(naturalPeriod(4 * week)).toBe(week);
  expect(naturalPeriod(4 * week - 1)).toBe(86_400);
  expect(naturalPeriod(4 * 3600)).toBe(3600);
  expect(naturalPeriod(300)).toBe(60);
  expect(naturalPeriod(0)).toBe(1);
});

test("who is active for more than half the log or 12 periods is a long-term user", () => {
  const [week, sequence] = [7 * 86_400, (seconds: number) => [at(0), at(seconds)]];
  expect(isLongTerm(sequence(5 * week), 8 * week, week)).toBe(true);
  expect(isLongTerm(sequence(4 * week), 8 * week, week)).toBe(false);
  expect(isLongTerm(sequence(13 * week), 100 * week, week)).toBe(true);
  expect(isLongTerm(sequence(12 * week), 100 * week, week)).toBe(false);
});

function at(submit: number): SwfRecord {
  return { ...(fc.sample(logs, 1)[0]?.[0] as SwfRecord), submit };
}

test("resamples of the SDSC log keep week days, and their mean load is the log's", async ({
  skip,
}) => {
  const file = realLog("SDSC-SP2-1998-first-5000.swf");
  if (file === null) return skip("no ../shared/traces");
  const { records } = await readSwf(file, "strict");
  const usable = records.filter((record) => unusable(record) === null);
  const source = new Map(usable.map((record) => [record.job, record.submit]));
  const span = (usable.at(-1)?.submit ?? 0) - (usable[0]?.submit ?? 0);
  const week = 7 * 86_400;
  const ring = Math.floor(span / week) * week;
  const counts = Array.from({ length: 100 }, (_, index) => {
    const { records: drawn, period } = resampleUsers(usable, { number: index + 1 });
    expect(period).toBe(week);
    expect(drawn.every(({ job, submit }) => (submit - (source.get(job) ?? 0)) % week === 0)).toBe(
      true,
    );
    return drawn.length;
  });
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  // A few users submit most of the jobs, so that single resamples deviate by a seventh.
  expect(mean / (usable.length * (ring / span))).toBeCloseTo(1, 0.8);
  expect(new Set(counts).size).toBeGreaterThan(90);
});
