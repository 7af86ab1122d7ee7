import fs from "node:fs";
import { writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Failure } from "../../base/failure";
import { replaceFile, writeWhole } from "../../base/whole-file";

let directory: string;
let file: string;

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "schedlab-whole-file-"));
  file = path.join(directory, "file");
  fs.writeFileSync(file, "old");
});
afterEach(() => fs.rmSync(directory, { recursive: true }));

const content = () => fs.readFileSync(file, "utf8");

describe("a file that is written whole", () => {
  test("has its new content and leaves nothing beside it", () => {
    writeWhole(file, "new");
    expect(content()).toBe("new");
    expect(fs.readdirSync(directory)).toEqual(["file"]);
  });

  test("that cannot be written is named, and nothing is left", () => {
    const missing = path.join(directory, "none", "file");
    expect(() => writeWhole(missing, "new")).toThrow(Failure);
    expect(() => writeWhole(missing, "new")).toThrow(`${missing} cannot be written: `);
    expect(fs.readdirSync(directory)).toEqual(["file"]);
  });
});

describe("a file that is filled beside its place", () => {
  test("takes the old one's place once it is filled", async () => {
    const filled = await replaceFile(file, async (draft) => {
      expect(path.dirname(draft)).toBe(directory);
      await writeFile(draft, "new");
      expect(content()).toBe("old");
      return 3;
    });
    expect(filled).toBe(3);
    expect(content()).toBe("new");
    expect(fs.readdirSync(directory)).toEqual(["file"]);
  });

  test("stays as it was when filling fails, and the draft is gone", async () => {
    const failing = replaceFile(file, async (draft) => {
      await writeFile(draft, "half");
      throw new Error("out of ink");
    });
    await expect(failing).rejects.toThrow("out of ink");
    expect(content()).toBe("old");
    expect(fs.readdirSync(directory)).toEqual(["file"]);
  });
});
