import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseHpl } from "../../../workloads/hpl/output";

// Written by Debian's hpcc 1.5.0: one run as planned, one with a threshold that nothing could meet.
const sample = (name: string) => fs.readFileSync(path.join(__dirname, "samples", name), "utf8");

const plan = { n: 320, nb: 64, p: 1, q: 2, threshold: 16, expectedSeconds: 6 };
const passed = sample("passed.txt");

test("a run that passed has its rate, its time and its residual", () => {
  expect(parseHpl(passed, plan)).toEqual({
    gflops: 3.723,
    seconds: 0.00590896,
    residual: 0.0114172,
    passed: true,
    reason: null,
  });
});

test("a run whose residual check failed does not pass, and keeps its figures", () => {
  expect(parseHpl(sample("failed.txt"), { ...plan, threshold: 1e-4 })).toMatchObject({
    gflops: 3.751,
    residual: 0.0114172,
    passed: false,
    reason: "HPL's scaled residual 0.0114172 is not below 0.0001",
  });
});

test("HPL's own word is not enough: the residual has to be below the planned threshold", () => {
  expect(parseHpl(passed, { ...plan, threshold: 0.001 }).passed).toBe(false);
  const nan = passed.replace("0.0114172 ...... PASSED", "nan ...... PASSED");
  expect(parseHpl(nan, plan)).toMatchObject({ passed: false, residual: null });
});

test("another run than the planned one does not pass", () => {
  expect(parseHpl(passed, { ...plan, n: 384 }).reason).toBe(
    "HPL ran N, NB, P, Q 320, 64, 1, 2, which was not planned",
  );
});

test("a rate that is no number does not pass", () => {
  const odd = passed.replace("3.723e+00", "nan");
  expect(parseHpl(odd, plan)).toMatchObject({ passed: false, gflops: null });
});

test("output that is cut off, empty or of something else never passes", () => {
  const end = passed.indexOf("PASSED", passed.indexOf("WR11C2R4"));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: end }), (length) => {
      expect(parseHpl(passed.slice(0, length), plan).passed).toBe(false);
    }),
    { numRuns: 50 },
  );
  fc.assert(
    fc.property(fc.string({ maxLength: 500 }), (text) => {
      expect(parseHpl(text, plan)).toMatchObject({ passed: false, gflops: null });
    }),
  );
});

test("whatever figures a run prints come back as they are", () => {
  const figure = fc.double({ min: 1e-3, max: 9e5, noNaN: true });
  fc.assert(
    fc.property(figure, figure, fc.double({ min: 0, max: 15, noNaN: true }), (rate, time, left) => {
      const text = passed
        .replace("3.723e+00", rate.toExponential(3))
        .replace(/^HPL_time=.*$/m, `HPL_time=${time.toPrecision(6)}`)
        .replace("0.0114172 ......", `${left.toPrecision(8)} ......`);
      expect(parseHpl(text, plan)).toEqual({
        gflops: Number(rate.toExponential(3)),
        seconds: Number(time.toPrecision(6)),
        residual: Number(left.toPrecision(8)),
        passed: true,
        reason: null,
      });
    }),
  );
});
