import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compressNames, expandNames, HostlistError } from "../../spec/hostlist";

const name = fc
  .tuple(fc.stringMatching(/^[a-z][a-z-]{0,5}$/), fc.nat(2000), fc.integer({ min: 1, max: 5 }))
  .map(([prefix, number, width]) => prefix + String(number).padStart(width, "0"));

describe("names in brackets", () => {
  it("come back as they were, in their order, with their zeros", () => {
    fc.assert(
      fc.property(fc.array(name, { maxLength: 60 }), (names) => {
        expect(expandNames(compressNames(names))).toEqual(names);
      }),
    );
  });

  it("are short for numbers that follow each other", () => {
    expect(compressNames(["n08", "n09", "n10", "n12", "gpu1"])).toBe("n[08-10,12],gpu1");
    expect(compressNames(["n9", "n10"])).toBe("n[9-10]");
    expect(compressNames(["n09", "n9"])).toBe("n[09,9]");
    expect(compressNames(["login"])).toBe("login");
    expect(compressNames([])).toBe("");
  });

  it("multiply where a name has several", () => {
    expect(expandNames("r[1-2]n[01-02],x")).toEqual(["r1n01", "r1n02", "r2n01", "r2n02", "x"]);
  });

  it.each([
    ["n[1-", "closed"],
    ["n]1[", "closed"],
    ["n[[1]]", "closed"],
    ["n[a-b]", 'numbers such as 1-8 in brackets, got "a-b"'],
    ["n[3-1]", "goes up"],
    ["n[0-99999]", "at most 65536"],
    ["a[0-999]b[0-999]", "at most 65536"],
    ["a b", "without spaces"],
  ])("are refused with what was expected: %s", (text, message) => {
    expect(() => expandNames(text)).toThrow(HostlistError);
    expect(() => expandNames(text)).toThrow(message);
  });

  it("never end in another error, whatever they are", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-c0-9[\],\- ]{0,20}$/), (text) => {
        try {
          expandNames(text);
        } catch (error) {
          expect(error).toBeInstanceOf(HostlistError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
