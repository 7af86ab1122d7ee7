import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conflictOf, overlap, parseRange, type Range } from "../../host/ranges";

const range = fc
  .tuple(fc.nat(0xffffffff), fc.integer({ min: 1, max: 32 }))
  .map(([address, prefix]): Range => {
    const size = 2 ** (32 - prefix);
    return { first: Math.floor(address / size) * size, prefix };
  });

describe("ranges", () => {
  test("an address inside a range stands for the whole range", () => {
    expect(parseRange("10.77.0.129/24")).toEqual(parseRange("10.77.0.0/24"));
  });

  test.each(["10.77.0.0/33", "10.77.0.256/24", "10.77.0/24", "fe80::/10", ""])(
    "%j is no range",
    (text) => {
      expect(parseRange(text)).toBeUndefined();
    },
  );

  test("overlap is symmetric, and every range overlaps itself", () => {
    fc.assert(
      fc.property(range, range, (one, other) => {
        expect(overlap(one, one)).toBe(true);
        expect(overlap(one, other)).toBe(overlap(other, one));
      }),
    );
  });

  test("two ranges overlap exactly when the larger holds the first address of the smaller", () => {
    fc.assert(
      fc.property(range, range, (one, other) => {
        const [large, small] = one.prefix <= other.prefix ? [one, other] : [other, one];
        const size = 2 ** (32 - large.prefix);
        expect(overlap(one, other)).toBe(Math.floor(small.first / size) * size === large.first);
      }),
    );
  });
});

describe("a conflict", () => {
  const taken = [
    { cidr: "0.0.0.0/0", by: "network device eth0" },
    { cidr: "10.77.0.0/16", by: "libvirt network other" },
  ];

  test("names who uses the range", () => {
    expect(conflictOf("10.77.3.0/24", taken)).toMatch(
      /10\.77\.3\.0\/24 is taken .* libvirt network other uses 10\.77\.0\.0\/16/,
    );
  });

  test("says what to do in the words of who asks", () => {
    expect(conflictOf("10.77.3.0/24", taken)).toMatch(
      /; set topology\.network\.cidr to a free one$/,
    );
    expect(conflictOf("10.77.3.0/24", taken, "move it")).toMatch(/; move it$/);
  });

  test("is not seen in the default route or beside the range", () => {
    expect(conflictOf("10.78.0.0/24", taken)).toBeNull();
  });
});
