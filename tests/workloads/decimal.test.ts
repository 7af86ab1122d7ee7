import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalsOf, exactDifference, exactSum } from "../../workloads/decimal";

/** A decimal of so many digits after the point, as its text. */
const decimal = fc
  .record({
    whole: fc.integer({ min: -(10 ** 8), max: 10 ** 8 }),
    part: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 7 }),
  })
  .map(({ whole, part }) => (part.length === 0 ? String(whole) : `${whole}.${part.join("")}`));

/** The text as a whole number of 10^-20. */
function scaled(text: string): bigint {
  const [whole = "", part = ""] = text.split(".");
  return BigInt(whole + part.padEnd(20, "0"));
}

test("sums and differences are the doubles nearest to the decimals' own", () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      // BigInt has no minus zero.
      fc.pre(!a.startsWith("-0") && !b.startsWith("-0"));
      expect(exactSum(Number(a), Number(b))).toBe(Number(`${scaled(a) + scaled(b)}e-20`));
      expect(exactDifference(Number(a), Number(b))).toBe(Number(`${scaled(a) - scaled(b)}e-20`));
    }),
  );
});

test("instants that decimals make equal are equal", () => {
  expect(1.1 + 2.2).not.toBe(2 + 1.3);
  expect(exactSum(1.1, 2.2)).toBe(exactSum(2, 1.3));
  expect(exactDifference(12.344, 12.345)).toBe(-0.001);
});

test("more digits than fit a whole number of a double are summed up all the same", () => {
  expect(exactSum(0.3333333333333333, 0.6666666666666667)).toBe(1);
  expect(exactSum(1e-9, 4728478.5)).toBe(4728478.500000001);
  expect(exactSum(1e21, 0.5)).toBe(1e21);
  expect(exactSum(2e-300, 1e-300)).toBe(3e-300);
});

test("the digits of a decimal, also with an exponent", () => {
  expect([5, -0.5, 1.25, 0.1, 1e-7, 1.5e-9].map(decimalsOf)).toEqual([0, 1, 2, 1, 7, 10]);
  expect(decimalsOf(3.3000000000000003)).toBe(16);
});
