import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  aliasesOf,
  aliasOf,
  aliasPattern,
  nameKinds,
  secretWeeks,
} from "../../../workloads/logs/anonymise";
import { propertyRuns } from "../../property-runs";

const key = fc.uint8Array({ minLength: 16, maxLength: 64 });
const kind = fc.constantFrom(...nameKinds);
const name = fc.string({ minLength: 1, unit: "binary" });

describe("an alias", () => {
  test("is HMAC-SHA-256 of the kind and the name, in base 32", () => {
    // echo -n 'user\0ada' through openssl dgst -sha256 -hmac secret, its first 60 bits in RFC 4648's letters.
    expect(aliasOf(Buffer.from("secret"), "user", "ada")).toBe("user-6n4apfft4bxr");
  });

  test("of one name is one, under one key", () => {
    fc.assert(
      fc.property(key, kind, name, (key, kind, name) => {
        expect(aliasOf(key, kind, name)).toBe(aliasOf(Uint8Array.from(key), kind, name));
      }),
      { numRuns: propertyRuns(200) },
    );
  });

  test("differs for different names, kinds and keys", () => {
    fc.assert(
      fc.property(
        key,
        key,
        kind,
        kind,
        name,
        name,
        (key, otherKey, kind, otherKind, name, other) => {
          if (name !== other) expect(aliasOf(key, kind, name)).not.toBe(aliasOf(key, kind, other));
          const bare = (alias: string) => alias.slice(alias.indexOf("-"));
          if (kind !== otherKind) {
            expect(bare(aliasOf(key, kind, name))).not.toBe(bare(aliasOf(key, otherKind, name)));
          }
          if (Buffer.compare(key, otherKey) !== 0) {
            expect(aliasOf(key, kind, name)).not.toBe(aliasOf(otherKey, kind, name));
          }
        },
      ),
      { numRuns: propertyRuns(200) },
    );
  });

  test("has the form that a search knows", () => {
    fc.assert(
      fc.property(key, kind, name, (key, kind, name) => {
        const alias = aliasOf(key, kind, name);
        expect([...`,${alias},`.matchAll(aliasPattern)].map(([text]) => text)).toEqual([alias]);
      }),
      { numRuns: propertyRuns(200) },
    );
  });
});

test("all names of a log have aliases of their own", () => {
  fc.assert(
    fc.property(key, kind, fc.array(name), (key, kind, names) => {
      const aliases = aliasesOf(key, kind, names);
      expect([...aliases.keys()].sort()).toEqual([...new Set(names)].sort());
      expect(new Set(aliases.values()).size).toBe(aliases.size);
    }),
    { numRuns: propertyRuns(100) },
  );
});

test("the secret number of weeks is one of ten years' and the key's own", () => {
  const weeks = Array.from({ length: 500 }, (_, number) =>
    secretWeeks(Buffer.from(`key ${number}`)),
  );
  expect(Math.min(...weeks)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...weeks)).toBeLessThanOrEqual(521);
  expect(new Set(weeks).size).toBeGreaterThan(250);
  expect(secretWeeks(Buffer.from("key 7"))).toBe(weeks[7]);
});
