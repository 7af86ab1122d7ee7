import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aliasOf, nameKinds } from "../../../workloads/logs/anonymise";
import { isSought, type Leak, LeakSearch } from "../../../workloads/logs/leaks";
import { propertyRuns } from "../../property-runs";

const ordinary = new Set(["submit", "completed", "user"]);

function leakOf(names: readonly string[], text: string, pieces = 1): Leak | null {
  const search = new LeakSearch(names, ordinary);
  const bytes = Buffer.from(text);
  const length = Math.max(1, Math.ceil(bytes.length / pieces));
  for (let at = 0; at < bytes.length; at += length) {
    const leak = search.push(bytes.subarray(at, at + length));
    if (leak !== null) return leak;
  }
  return search.end();
}

describe("a name that is left is found", () => {
  test.each([
    ["alone", "1,lovelace,2\n"],
    ["within a word", "1,xlovelacex,2\n"],
    ["within a path", "1,/home/lovelace/run,2\n"],
    ["in a last line without an end", "1,2\n3,lovelace"],
    ["beside an alias", `${aliasOf(Buffer.from("k"), "user", "x")}lovelace\n`],
    ["beside a word of the format", "submit lovelace completed\n"],
  ])("%s", (_, text) => {
    expect(leakOf(["bo", "lovelace"], text)?.name).toBe("lovelace");
  });

  test("with its line, whatever the pieces", () => {
    const text = `${"1,2,3\n".repeat(40)}4,Éva Ö,5\n6\n`;
    for (const pieces of [1, 2, 7, 100, 1000]) {
      expect(leakOf(["Éva Ö"], text, pieces)).toEqual({ name: "Éva Ö", line: 41 });
    }
  });

  test("in arbitrary text, wherever it is put", () => {
    const bits = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(
        bits,
        bits,
        fc.string({ unit: "binary", minLength: 9 }),
        (before, after, name) => {
          fc.pre(isSought(name));
          expect(leakOf([name], `${before}${name}${after}`, 3)).not.toBeNull();
        },
      ),
      { numRuns: propertyRuns(100) },
    );
  });
});

describe("no leak is", () => {
  test.each([
    ["a name that has been replaced", ["lovelace"], "1,2\n"],
    ["a name of fewer than four letters", ["ada", "gpu"], "ada,gpu\n"],
    ["a number, a date or a duration", ["1234", "2026-03-02", "01:00"], "1234,2026-03-02,01:00\n"],
    ["a part of a word of the format", ["subm", "submit", "lete"], "submit,completed\n"],
  ])("%s", (_, names, text) => {
    expect(leakOf(names, text)).toBeNull();
  });

  test("the letters of a name within an alias", () => {
    const key = Buffer.from("key");
    fc.assert(
      fc.property(fc.constantFrom(...nameKinds), fc.string(), fc.nat(8), (kind, name, from) => {
        const alias = aliasOf(key, kind, name);
        const part = alias.slice(from, from + 5);
        expect(leakOf([part], `1,${alias},2\n`)).toBeNull();
      }),
      { numRuns: propertyRuns(200) },
    );
  });
});

test("a word of the format does not hide a name that goes beyond it", () => {
  expect(leakOf(["submit-er"], "1,submit-er,2\n")?.name).toBe("submit-er");
  expect(leakOf(["user me"], "user me\n")?.name).toBe("user me");
});
