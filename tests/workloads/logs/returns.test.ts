import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { withoutReturns } from "../../../workloads/logs/returns";
import { propertyRuns } from "../../property-runs";
import { logFile } from "../swf-fixture";

test("lines end with a line feed alone, and a carriage return within a line is a blank", async () => {
  const file = logFile("a\r\nb\rc\n\r\n", "log");
  const out = path.join(path.dirname(file), "out");
  expect(await withoutReturns(file, "none", out)).toEqual({ withinLines: 1 });
  expect(readFileSync(out, "utf8")).toBe("a\nb c\n\n");
});

test("wherever the text is cut, and packed too", async () => {
  const text = fc
    .array(fc.constantFrom("\r", "\n", "\r\n", "a", "é"))
    .map((parts) => parts.join(""));
  const file = logFile("", "log");
  const out = path.join(path.dirname(file), "out");
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 4 }), async (content, chunk) => {
      const expected = content.replaceAll("\r\n", "\n").replaceAll("\r", " ");
      const packed = logFile(gzipSync(content), "log.gz");
      await withoutReturns(packed, "gzip", out, chunk);
      expect(readFileSync(out, "utf8")).toBe(expected);
      await withoutReturns(logFile(content, "log"), "none", out, chunk);
      expect(readFileSync(out, "utf8")).toBe(expected);
    }),
    { numRuns: propertyRuns(60) },
  );
});
