import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { type BadLine, recordBatches } from "../../store/json-lines";
import { propertyRuns } from "../property-runs";
import { temporaryDirectory } from "./run-fixture";

const schema = z.strictObject({ text: z.string() });

async function read(contents: string | Buffer | null) {
  const file = path.join(temporaryDirectory(), "x.jsonl");
  if (contents !== null) writeFileSync(file, contents);
  const digest = createHash("sha256");
  const bad: BadLine[] = [];
  let torn = false;
  const placed = [];
  const batches = recordBatches(file, {
    schema,
    digest,
    onBad: (line) => bad.push(line),
    onTorn: () => {
      torn = true;
    },
  });
  const sizes = [];
  for await (const batch of batches) {
    sizes.push(batch.length);
    placed.push(...batch);
  }
  return { placed, sizes, bad, torn, hash: digest.digest("hex") };
}

const line = (text: string) => `${JSON.stringify({ text })}\n`;

test("every record is found with its place, whatever its length and its characters", async () => {
  // Beyond the 64 KiB that are read at once, so that lines and characters are cut by the pieces.
  const texts = fc.array(fc.string({ unit: "grapheme", maxLength: 40_000 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(texts, async (all) => {
      const contents = Buffer.from(all.map(line).join(""));
      const { placed, bad, torn, hash } = await read(contents);
      expect(placed.map(({ record }) => record.text)).toEqual(all);
      for (const { record, offset, length } of placed) {
        const own = contents.subarray(offset, offset + length).toString("utf8");
        expect(JSON.parse(own)).toEqual(record);
      }
      expect({ bad, torn }).toEqual({ bad: [], torn: false });
      expect(hash).toBe(createHash("sha256").update(contents).digest("hex"));
    }),
    { numRuns: propertyRuns(30) },
  );
});

test("records come in batches", async () => {
  const { sizes } = await read(line("x").repeat(5000));
  expect(sizes).toEqual([2048, 2048, 904]);
});

test("a bad line is named and passed by, and so is one that was cut off at the end", async () => {
  const found = await read(`${line("a")}{"text":1}\nno JSON\n${line("b")}{"text":"c`);
  expect(found.placed.map(({ record }) => record.text)).toEqual(["a", "b"]);
  expect(found.bad.map((bad) => bad.line)).toEqual([2, 3]);
  expect(found.bad[1]?.problem).toBe("not JSON: no JSON");
  expect(found.torn).toBe(true);
});

test("a last line without its end is a record when it is whole", async () => {
  const found = await read(line("a").trimEnd());
  expect([found.placed.length, found.torn]).toEqual([1, false]);
});

test("a file that is not there has no records", async () => {
  expect(await read(null)).toMatchObject({ placed: [], bad: [], torn: false });
});
