import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { contentKey, moduleSources } from "../../toolchain/key";

const record = fc.dictionary(fc.string(), fc.string(), { maxKeys: 5 });

describe("the content key", () => {
  test("does not depend on the order of its inputs", () => {
    fc.assert(
      fc.property(record, record, (files, facts) => {
        const reversed = (of: Record<string, string>) =>
          Object.fromEntries(Object.entries(of).reverse());
        expect(contentKey({ files: reversed(files), facts: reversed(facts) })).toBe(
          contentKey({ files, facts }),
        );
      }),
    );
  });

  test("changes with any file, name or fact", () => {
    const base = { files: { "go.mod": "module a" }, facts: { go: "1.26.8" } };
    const keys = [
      base,
      { ...base, files: { "go.mod": "module b" } },
      { ...base, files: { "go.sum": "module a" } },
      { ...base, facts: { go: "1.26.9" } },
      { ...base, facts: { go: "1.26.8", flags: "" } },
      { files: base.facts, facts: base.files },
    ].map(contentKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys[0]).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe("the sources of a module", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "schedlab-key-"));
    for (const name of ["go.mod", "go.sum", "main.go", "main_test.go", "schema.json"]) {
      writeFileSync(path.join(directory, name), name);
    }
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  test("are its Go files without tests and without what a build leaves", () => {
    expect(Object.keys(moduleSources(directory, false)).sort()).toEqual([
      "go.mod",
      "go.sum",
      "main.go",
    ]);
  });

  test("are only the versions for a program of another module", () => {
    expect(Object.keys(moduleSources(directory, true)).sort()).toEqual(["go.mod", "go.sum"]);
  });
});
