import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "../../base/canonical-json";

test("keys are sorted at every depth, and absent values left out", () => {
  const value = { b: [{ d: 1, c: 2 }], a: null, e: undefined };
  expect(canonicalJson(value)).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
});

test("equal values have equal texts, whatever the order of their keys", () => {
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(([key, held]) => [key, turned(held)] as const);
    return Object.fromEntries(entries.toReversed());
  };
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(turned(value))).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
