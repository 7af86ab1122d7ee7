import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { shellQuote } from "../../../base/quote";
import { LineSplitter } from "../../../experiments/remote/lines";

test("lines come out whole however the bytes are cut", () => {
  const line = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\n", ""));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(40)), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(""));
      const seen: string[] = [];
      const splitter = new LineSplitter((text) => seen.push(text));
      let at = 0;
      for (const size of cuts) {
        splitter.push(bytes.subarray(at, at + size));
        at += size;
      }
      splitter.push(bytes.subarray(at));
      expect(seen).toEqual(lines.map((text) => Buffer.from(text).toString()));
      expect(splitter.rest()).toBe("");
    }),
  );
});

test("what follows the last newline is no line yet", () => {
  const seen: string[] = [];
  const splitter = new LineSplitter((text) => seen.push(text));
  splitter.push(Buffer.from("one\ntw"));
  expect(seen).toEqual(["one"]);
  expect(splitter.rest()).toBe("tw");
});

test("a line whose handler throws is not counted as delivered, nor is any behind it", () => {
  const seen: string[] = [];
  const splitter = new LineSplitter((text) => {
    if (text === "two") throw new Error("disk full");
    seen.push(text);
  });
  expect(() => splitter.push(Buffer.from("one\ntwo\nthree\nfo"))).toThrow("disk full");
  expect(seen).toEqual(["one"]);
  expect(splitter.rest()).toBe("two\nthree\nfo");
});

test("a quoted word reaches the command as it was", () => {
  const words = fc
    .sample(fc.string(), 100)
    .concat("it's", "$(x)", "a b", "", "*", "~", "-n")
    .filter((word) => !word.includes("\0"));
  const result = spawnSync("sh", ["-c", `printf '%s\\0' ${words.map(shellQuote).join(" ")}`], {
    encoding: "utf8",
  });
  expect(result.stdout.split("\0").slice(0, -1)).toEqual(words);
});
