import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clusterRanges } from "../../../campaigns/plan/ranges";
import { overlap, parseRange } from "../../../host/ranges";
import { propertyRuns } from "../../property-runs";

const hash = fc
  .integer({ min: 0, max: 0xffffffff })
  .map((number) => number.toString(16).padStart(8, "0"));
const hashes = fc.uniqueArray(hash, { minLength: 1, maxLength: 40 });
const named = fc.constantFrom("10.77.0.0/24", "172.16.4.0/22", "192.168.7.0/26", "10.0.0.0/16");

const range = (text: string | undefined) => {
  const parsed = parseRange(text ?? "");
  if (parsed === undefined) throw new Error(`not a range: ${text}`);
  return parsed;
};

describe("the ranges of a campaign's clusters", () => {
  test("are of the named size, around the named one, and overlap neither it nor each other", () => {
    fc.assert(
      fc.property(hashes, named, (all, cidr) => {
        const ranges = [...clusterRanges(all.map((one) => ({ hash: one, cidr }))).values()];
        const parsed = ranges.map(range);
        expect(ranges.every((text) => text?.endsWith(`/${cidr.split("/")[1]}`))).toBe(true);
        for (const [index, one] of parsed.entries()) {
          expect(overlap(one, range(cidr))).toBe(false);
          expect(parsed.slice(index + 1).some((other) => overlap(one, other))).toBe(false);
        }
      }),
      { numRuns: propertyRuns(100) },
    );
  });

  test("of different sizes do not overlap either", () => {
    const requests = fc.uniqueArray(
      fc.tuple(hash, fc.constantFrom("10.0.0.0/16", "10.1.0.0/24", "10.1.2.0/26")),
      {
        minLength: 1,
        maxLength: 40,
        selector: ([one]) => one,
      },
    );
    fc.assert(
      fc.property(requests, (all) => {
        const ranges = clusterRanges(all.map(([one, cidr]) => ({ hash: one, cidr })));
        const parsed = [...ranges.values()].map(range);
        for (const [index, one] of parsed.entries()) {
          expect(parsed.slice(index + 1).some((other) => overlap(one, other))).toBe(false);
        }
      }),
      { numRuns: propertyRuns(100) },
    );
  });

  test("do not depend on the order of the clusters, and lie in the surroundings of the named one", () => {
    const requests = ["00000001", "00000101", "00000201"].map((one) => ({
      hash: one,
      cidr: "10.77.0.0/24",
    }));
    const ranges = clusterRanges(requests);
    expect([...ranges]).toEqual([
      ["00000001", "10.77.1.0/24"],
      ["00000101", "10.77.2.0/24"],
      ["00000201", "10.77.3.0/24"],
    ]);
    expect([...clusterRanges(requests.toReversed())]).toEqual([...ranges]);
  });

  test("do not reach beyond what is private: one cluster has the named range, a second none", () => {
    for (const cidr of ["100.64.0.0/24", "192.168.0.0/16"]) {
      const requests = ["a0000000", "b0000000"].map((one) => ({ hash: one, cidr }));
      expect([...clusterRanges(requests).values()]).toEqual([cidr, undefined]);
    }
  });
});
