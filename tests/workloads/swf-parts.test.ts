import fc from "fast-check";
import { expect, test } from "vitest";
import { SwfBatch } from "../../workloads/swf/batch";
import { NumberSet } from "../../workloads/swf/number-set";
import { SwfParser } from "../../workloads/swf/parse";
import { PlainLines } from "../../workloads/swf/plain-line";
import { SwfError } from "../../workloads/swf/record";
import { line } from "./swf-fixture";

test("a set of numbers knows what it was given, in whatever order", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(70), fc.maxSafeNat()), { maxLength: 80 }), (values) => {
      const [numbers, reference] = [new NumberSet(), new Set<number>()];
      for (const value of values) {
        expect(numbers.has(value)).toBe(reference.has(value));
        expect(numbers.add(value)).toBe(!reference.has(value));
        reference.add(value);
      }
    }),
  );
});

const token = fc.oneof(
  fc.constantFrom("-1", "0", "-2", "1.5", ".5", "5.", "+3", "NaN", "1e9", "1000000000", "-", "--1"),
  fc.nat(1_000_000_000).map(String),
  fc.bigInt(0n, 10n ** 18n).map(String),
);
const jobLine = fc
  .tuple(
    fc.array(token, { minLength: 17, maxLength: 19 }),
    fc.constantFrom(" ", "  ", "\t"),
    fc.constantFrom("", " "),
    fc.constantFrom("", "\r", " "),
  )
  .map(([tokens, gap, before, after]) => before + tokens.join(gap) + after);

function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof SwfError) return error.message;
    throw error;
  }
}

test("the quick reading of a line and the careful one agree", () => {
  fc.assert(
    fc.property(jobLine, fc.constantFrom("strict", "tolerant"), (text, mode) => {
      const careful = new SwfParser("log", mode);
      const quick = new SwfParser("log", mode);
      const batch = new SwfBatch();
      const expected = outcome(() => careful.push(Buffer.from(text)));
      const got = outcome(() => {
        quick.pushBytes(Buffer.from(text), 0, batch);
        return [...batch.all(), ...quick.ready];
      });
      expect(got).toEqual(expected);
      expect(quick.timeDecimals).toBe(careful.timeDecimals);
      expect(quick.oddities).toEqual(careful.oddities);
    }),
    { numRuns: 500 },
  );
});

test("only a line without anything odd is read quickly", () => {
  const values = new Float64Array(18);
  const plainLines = new PlainLines();
  const read = (text: string) => plainLines.read(Buffer.from(text), 0, values, 0);
  const plain = line(7, 12);
  expect(read(`${plain}\n${plain}`)).toBe(plain.length + 1);
  expect([...values.subarray(0, 3)]).toEqual([7, 12, -1]);
  for (const odd of ["; comment", "", `${plain} 5`, plain.slice(0, -3), plain.replace("10", "x")]) {
    expect(read(odd)).toBe(-1);
  }
});

test("10^9 in a field is kept where it can be, counted, and refused as a size beyond 32 bits", () => {
  const fields = line(1, 0).split(" ");
  const withField = (index: number, value: string) =>
    fields.map((old, place) => (place === index - 1 ? value : old)).join(" ");
  const parser = new SwfParser("log", "tolerant");
  const push = (text: string) => parser.push(Buffer.from(text))[0]?.record;
  push("; MaxProcs: 128");
  expect(push(withField(4, "1000000000"))?.run).toBe(1e9);
  expect(push(withField(8, "1000000000").replace(/^1/, "2"))?.requested).toBe(1e9);
  expect(Object.fromEntries(parser.oddities)).toMatchObject({
    "time of more than ten years": 1,
    "more processors than the machine has": 1,
  });
  expect(() =>
    new SwfParser("log", "strict").push(Buffer.from(withField(5, "3000000000"))),
  ).toThrow("field 5 (allocated processors): expected at most 2147483647");
});
