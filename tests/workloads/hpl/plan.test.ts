import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hpccInput, hplInput } from "../../../workloads/hpl/input";
import { type HplRequest, hpccSeconds, planHpl, processGrid } from "../../../workloads/hpl/plan";

const request: HplRequest = {
  cores: 4,
  memoryPerCoreMiB: 256,
  memoryShare: 0.25,
  seconds: 20,
  gflopsPerCore: 0.5,
  blockSize: 64,
  threshold: 16,
};

const requests = fc.record({
  cores: fc.integer({ min: 1, max: 4096 }),
  memoryPerCoreMiB: fc.integer({ min: 32, max: 16_384 }),
  memoryShare: fc.double({ min: 0.01, max: 0.7, noNaN: true }),
  seconds: fc.integer({ min: 5, max: 86_400 }),
  gflopsPerCore: fc.double({ min: 0.001, max: 1000, noNaN: true }),
  blockSize: fc.integer({ min: 8, max: 512 }),
  threshold: fc.constant(16),
});

test("the matrix is whole blocks, fits the memory and the time, and one block more would not", () => {
  fc.assert(
    fc.property(requests, (wanted) => {
      const { cores, gflopsPerCore, blockSize } = wanted;
      const { n, nb, expectedSeconds } = planHpl(wanted);
      const fits = (order: number) =>
        8 * order * order <= wanted.memoryShare * wanted.memoryPerCoreMiB * 1024 * 1024 * cores &&
        hpccSeconds(order, cores, gflopsPerCore) <= wanted.seconds;
      expect(n % nb).toBe(0);
      expect(expectedSeconds).toBe(hpccSeconds(n, cores, gflopsPerCore));
      // One block is the least there is, whatever the limits.
      if (n > blockSize) expect(fits(n)).toBe(true);
      expect(n >= blockSize && fits(n + blockSize)).toBe(false);
    }),
  );
});

test("the process grid has as many ranks as cores, is wide, and no squarer one has", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20_000 }), (ranks) => {
      const { p, q } = processGrid(ranks);
      expect(p * q).toBe(ranks);
      expect(p).toBeLessThanOrEqual(q);
      for (let other = p + 1; other * other <= ranks; other += 1) {
        expect(ranks % other).not.toBe(0);
      }
    }),
    { numRuns: 50 },
  );
  expect([1, 2, 4, 7, 12].map((ranks) => Object.values(processGrid(ranks)))).toEqual([
    [1, 1],
    [1, 2],
    [2, 2],
    [1, 7],
    [3, 4],
  ]);
});

test("more time, memory or speed never makes the matrix smaller", () => {
  fc.assert(
    fc.property(requests, (wanted) => {
      const { n } = planHpl(wanted);
      const more = (change: Partial<HplRequest>) => planHpl({ ...wanted, ...change }).n;
      expect(more({ seconds: wanted.seconds * 2 })).toBeGreaterThanOrEqual(n);
      expect(more({ memoryPerCoreMiB: wanted.memoryPerCoreMiB * 2 })).toBeGreaterThanOrEqual(n);
      expect(more({ gflopsPerCore: wanted.gflopsPerCore * 2 })).toBeGreaterThanOrEqual(n);
    }),
  );
});

test("a job without a core is refused", () => {
  expect(() => planHpl({ ...request, cores: 0 })).toThrow(RangeError);
});

const golden = (name: string) => fs.readFileSync(path.join(__dirname, "golden", name), "utf8");

test("HPL.dat and hpcc's input are as in the golden files", () => {
  const plan = planHpl(request);
  expect(plan).toMatchObject({ n: 896, nb: 64, p: 2, q: 2 });
  expect(hplInput(plan)).toBe(golden("HPL.dat"));
  expect(hpccInput(plan)).toBe(golden("hpccinf.txt"));
});
