import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { maxProcs } from "../../workloads/swf/header";
import { readSwf } from "../../workloads/swf/read";
import { SwfError, type SwfRecord, swfFields } from "../../workloads/swf/record";
import { swfLines } from "../../workloads/swf/write";
import { propertyRuns } from "../property-runs";
import { line, logFile, realLog } from "./swf-fixture";

async function errorOf(content: string | Buffer, mode: "strict" | "tolerant" = "strict") {
  const error = await readSwf(logFile(content), mode).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SwfError)) throw new Error(`no SwfError but ${error}`);
  return error;
}

/** Line 2 of a log, with one field replaced. */
function damaged(field: number, value: string): string {
  const tokens = line(2, 5).split(" ");
  tokens[field - 1] = value;
  return [line(1, 0), tokens.join(" "), line(3, 9)].join("\n");
}

test("header comments and all 18 fields are read", async () => {
  const fields = "7 10 20 30 4 25.5 1024 8 60 2048 1 3 4 5 6 7 2 11";
  const { reading, records } = await readSwf(
    logFile(`; Version: 2.2\n;MaxProcs: 64\n; Queue: 0 a\n; Queue: 1 b\n; prose\n${fields}\r\n`),
    "strict",
  );
  expect(records.map((record) => swfFields.map(([field]) => record[field]))).toEqual([
    [7, 10, 20, 30, 4, 25.5, 1024, 8, 60, 2048, 1, 3, 4, 5, 6, 7, 2, 11],
  ]);
  expect(reading.header.get("Queue")).toEqual(["0 a", "1 b"]);
  expect(maxProcs(reading.header)).toBe(64);
});

test("the size of the machine is MaxProcs, else MaxNodes, else unknown", () => {
  expect(maxProcs(new Map([["MaxNodes", ["256"]]]))).toBe(256);
  expect(
    maxProcs(
      new Map([
        ["MaxProcs", ["-1"]],
        ["MaxNodes", ["8"]],
      ]),
    ),
  ).toBe(8);
  expect(maxProcs(new Map())).toBeNull();
});

test.each([
  [2, "abc", 'line 2, field 2 (submit time): expected a number, got "abc"'],
  [4, "-5", 'line 2, field 4 (run time): expected -1 or more, got "-5"'],
  [5, "NaN", 'line 2, field 5 (allocated processors): expected a number, got "NaN"'],
  [5, "1.5", "line 2, field 5 (allocated processors): expected a whole number"],
  [9, "0x10", "line 2, field 9 (requested time): expected a number"],
  [9, "99999999999999999999", "line 2, field 9 (requested time): expected at most"],
  [1, "0", "line 2, field 1 (job number): expected at least 1"],
  [1, "1", "line 2, field 1 (job number): 1 occurred before"],
  [18, "", "line 2: expected 18 fields, got 17"],
])("strict mode refuses field %i being '%s', with its place", async (field, value, message) => {
  const error = await errorOf(damaged(field, value));
  expect(error.message).toContain(message);
  expect(error.line).toBe(2);
});

test("strict mode refuses submit times out of order", async () => {
  const error = await errorOf([line(1, 10), line(2, 9)].join("\n"));
  expect(error).toMatchObject({ line: 2, field: "submit" });
});

test("tolerant mode keeps the job, makes the value unknown and counts it", async () => {
  const { reading, records } = await readSwf(logFile(damaged(4, "soon")), "tolerant");
  expect(records.map(({ job, run }) => [job, run])).toEqual([
    [1, 10],
    [2, -1],
    [3, 10],
  ]);
  expect(reading.oddities.get("unreadable run time")).toBe(1);
});

test("tolerant mode leaves out and counts a line that is no job", async () => {
  const log = [line(1, 0), "not a job", "", line(2, 5), line(2, 4)].join("\n");
  const { reading, records } = await readSwf(logFile(log), "tolerant");
  expect(records.map(({ job }) => job)).toEqual([1, 2, 2]);
  expect(Object.fromEntries(reading.oddities)).toMatchObject({
    "wrong number of fields": 1,
    "line left out": 1,
    "blank line": 1,
    "duplicate job number": 1,
    "submit out of order": 1,
  });
});

test.each([
  ["an empty file", "", "the file is empty"],
  ["a header without jobs", "; MaxProcs: 4\n", "only a header, no job"],
  ["blank lines only", "\n\n", "no job"],
  ["a binary file", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1, 10, 10]), "a binary file"],
  ["a long line", "x".repeat(200_000), "a line of more than 64 KiB"],
  ["prose", "Dear reader,\nthis is a letter.\n", "expected 18 fields, got 2"],
  ["extra columns", `${line(1, 0)} 7 8\n`, "expected 18 fields, got 20: a dialect of SWF"],
  ["epoch times", line(1, 893_466_664), "an epoch submit time: a dialect of SWF"],
  ["a cut-off gzip", gzipSync(line(1, 0)).subarray(0, -4), "gzip file is trunc"],
  ["a damaged gzip", Buffer.concat([gzipSync("x").subarray(0, 10), Buffer.alloc(9, 0xff)]), "gzip"],
])("%s is refused in either mode", async (_, content, message) => {
  for (const mode of ["strict", "tolerant"] as const) {
    expect((await errorOf(content, mode)).message).toContain(message);
  }
});

test("a missing file and a directory are refused by name", async () => {
  await expect(readSwf("/nowhere/log.swf", "strict")).rejects.toThrow(
    "/nowhere/log.swf: no such file",
  );
  await expect(readSwf("/", "strict")).rejects.toThrow("a directory, not a file");
});

test("gzip is recognised by its bytes, and the hash is of the file as it lies on disk", async () => {
  const bytes = gzipSync(`${line(1, 0)}\n${line(2, 1)}\n`);
  const { reading, records } = await readSwf(logFile(bytes, "log.txt"), "strict");
  expect(records).toHaveLength(2);
  expect(reading.hash).toBe(createHash("sha256").update(bytes).digest("hex"));
});

const natural = fc.integer({ min: 0, max: 1_000_000_000 });
const value = fc.oneof(fc.constant(-1), natural);
const record: fc.Arbitrary<SwfRecord> = fc
  .tuple(...swfFields.map(() => value))
  .map(
    (values) => Object.fromEntries(swfFields.map(([name], i) => [name, values[i]])) as SwfRecord,
  );
const log = fc
  .array(fc.tuple(record, fc.nat(100_000), fc.nat(1000)), { minLength: 1, maxLength: 30 })
  .map((entries) => {
    let submit = 0;
    return entries.map(([fields, gap, cpu], index) => {
      submit += gap;
      const status = [-1, 0, 1, 5][cpu % 4] ?? -1;
      return { ...fields, job: index + 1, submit, cpu: cpu / 8, status };
    });
  });

test("what the writer wrote, the reader reads", async () => {
  await fc.assert(
    fc.asyncProperty(log, async (written) => {
      const header = new Map([["Note", ["a", "b"]]]);
      const text = [...swfLines(header, written)].join("\n");
      const { reading, records } = await readSwf(Buffer.from(text), "strict");
      expect(records).toEqual(written);
      expect(reading.header).toEqual(header);
    }),
    { numRuns: propertyRuns(60) },
  );
});

const token = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom("-1", "NaN", "1e9", "1000000000", "-7", "1.5", ";", "", "\0", "é", "\t"),
);
const anyLine = fc.oneof(
  fc.array(token, { maxLength: 20 }).map((tokens) => tokens.join(" ")),
  fc.tuple(fc.nat(50), fc.nat(50)).map(([job, submit]) => line(job, submit)),
  fc.string(),
);
const anyFile = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  fc.array(anyLine, { maxLength: 30 }).map((lines) => Buffer.from(lines.join("\n"))),
  fc.array(anyLine, { maxLength: 30 }).chain((lines) => {
    const bytes = gzipSync(lines.join("\n"));
    return fc.nat(bytes.length).map((end) => bytes.subarray(0, end));
  }),
);

test("whatever the bytes, the reader gives jobs or an SwfError", async () => {
  await fc.assert(
    fc.asyncProperty(anyFile, fc.constantFrom("strict", "tolerant"), async (bytes, mode) => {
      try {
        const { reading, records } = await readSwf(bytes, mode);
        expect(records.length).toBe(reading.records);
        expect(records.length).toBeGreaterThan(0);
        for (const fields of records) {
          expect(fields.submit).toBeGreaterThanOrEqual(0);
          for (const [name] of swfFields) expect(fields[name]).toBeGreaterThanOrEqual(-1);
        }
      } catch (error) {
        if (!(error instanceof SwfError)) throw error;
      }
    }),
    { numRuns: propertyRuns(300) },
  );
});

test("the SDSC log is read in strict mode, with its oddities counted", async ({ skip }) => {
  const file = realLog("SDSC-SP2-1998-first-5000.swf");
  if (file === null) return skip("no ../shared/traces");
  const { reading } = await readSwf(file, "strict");
  expect(reading.records).toBe(4961);
  expect(maxProcs(reading.header)).toBe(128);
  expect(reading.oddities.get("header's job count differs")).toBe(1);
});
