import { readFileSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { firstRecord } from "../../../workloads/logs/records";
import { logFile } from "../swf-fixture";
import { miniature } from "./formats/fixture";
import { readPath, readText } from "./read-log";

const sacctJson = path.join(__dirname, "fixtures", "sacct.json");
const documents = [
  ["sacct-json", sacctJson],
  ["flux-jobs", miniature("flux-jobs.json")],
] as const;
/** More than the beginning of a file by which its format is recognised. */
const long = "x, {y} ".repeat(60_000);

describe.each(documents)("%s", (format, file) => {
  const text = readFileSync(file, "utf8");
  const document = JSON.parse(text) as { jobs: Record<string, unknown>[] };

  test.each([
    ["in one line", undefined],
    ["in many lines", 2],
  ])(
    "is recognised by what its first record has before a very long text, %s",
    async (_, indent) => {
      const plain = await readText(text, { mode: "strict" });
      const [first, ...others] = document.jobs;
      const entries = Object.entries(first ?? {});
      // Half of the keys are beyond the beginning of the file.
      const half = Math.ceil(entries.length / 2);
      const large = { ...Object.fromEntries(entries.slice(0, half)), script: long };
      const jobs = [{ ...large, ...Object.fromEntries(entries.slice(half)) }, ...others];
      const read = await readText(JSON.stringify({ jobs }, null, indent), { mode: "strict" });
      expect(read.why).toBe(plain.why);
      expect(read.why).toMatch(new RegExp(`^${format} \\(`));
      expect(read.jobs).toEqual(plain.jobs);
    },
  );

  test.each([
    ["in one line", undefined],
    ["in many lines", 2],
    ["in many lines of a very long record", 1],
  ])("is read where it is packed with zstd, %s", async (_, indent) => {
    const [first, ...others] = document.jobs;
    const steps = Array.from({ length: 30_000 }, (__, id) => `step ${id}`);
    const jobs = indent === 1 ? [{ ...first, zz: steps }, ...others] : document.jobs;
    const plain = await readText(text, { mode: "strict" });
    const packed = await zstd(JSON.stringify({ jobs }, null, indent));
    const read = await readPath(packed, { mode: "strict" });
    expect(read.why).toMatch(new RegExp(`^${format} \\(`));
    expect(read.jobs).toEqual(plain.jobs);
  });
});

test("a record that shows nothing of a format in its beginning is of none", async () => {
  const jobs = [{ other: 1, text: long, id: 1, t_submit: 1, userid: 1 }];
  await expect(readText(JSON.stringify({ jobs }))).rejects.toThrow(/no format fits .* JSON/);
});

test("whatever a record is cut off at, what is read of it is in the whole", () => {
  const value = fc.object({ maxDepth: 3, values: [fc.string(), fc.integer(), fc.constant(null)] });
  fc.assert(
    fc.property(value, fc.nat(), fc.constantFrom(undefined, 2), (object, place, indent) => {
      const whole = JSON.parse(JSON.stringify(object)) as unknown;
      const text = JSON.stringify({ meta: [1], jobs: [object, {}] }, null, indent);
      const cut = firstRecord(text.slice(0, place % (text.length + 1)), "jobs");
      if (cut === undefined) return;
      if (cut.whole) expect(cut.record).toEqual(whole);
      else expect(isPart(cut.record, whole)).toBe(true);
    }),
  );
  const text = '{"jobs": [{"a": {"b": ["c, }", 2, "';
  expect(firstRecord(text, "jobs")).toEqual({ record: { a: { b: ["c, }", 2] } }, whole: false });
});

function isPart(part: unknown, whole: unknown): boolean {
  if (typeof part !== "object" || part === null) return part === whole;
  if (typeof whole !== "object" || whole === null) return false;
  return Object.entries(part).every(
    ([key, value]) =>
      Object.hasOwn(whole, key) && isPart(value, (whole as Record<string, unknown>)[key]),
  );
}

async function zstd(text: string): Promise<string> {
  const [plain, packed] = [logFile(text, "plain.json"), logFile("", "packed.json.zst")];
  const lines = "delim = '\u0001', quote = '', escape = '', header = false";
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(
    `COPY (FROM read_csv('${plain}', auto_detect = false, columns = {'line': 'VARCHAR'}, ${lines}))
     TO '${packed}' (FORMAT csv, DELIMITER '\u0001', QUOTE '', ESCAPE '', HEADER false, COMPRESSION zstd)`,
  );
  connection.closeSync();
  instance.closeSync();
  return packed;
}
