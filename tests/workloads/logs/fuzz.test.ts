import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Failure } from "../../../base/failure";
import { propertyRuns } from "../../property-runs";
import { readText } from "./read-log";

const fixture = (name: string) => readFileSync(path.join(__dirname, "fixtures", name), "utf8");
/** Lines of one file; each file has them mutated. */
const linesPerFile = 2000;
const files = 5;

const odd = [
  "",
  "|",
  "\u0000",
  "\uFEFF",
  '"',
  "[",
  "_[",
  "-",
  "4Gn",
  "1e308",
  "NaN",
  "inf",
  "ä",
  "9".repeat(30),
];
const mutation = fc.record({
  row: fc.nat(),
  at: fc.nat(),
  cut: fc.nat({ max: 12 }),
  put: fc.oneof(
    fc.constantFrom(...odd),
    fc.string({ maxLength: 8 }),
    fc.string({ unit: "binary", maxLength: 4 }),
  ),
});
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutated(lines: readonly string[], changes: readonly Mutation[]): string {
  return changes
    .map(({ row, at, cut, put }) => {
      const line = lines[row % lines.length] ?? "";
      const place = at % (line.length + 1);
      // A carriage return within a line is a case of its own.
      return line.slice(0, place) + put.replaceAll("\r", " ") + line.slice(place + cut);
    })
    .join("\n");
}

async function survives(text: string): Promise<void> {
  for (const mode of ["tolerant", "strict"] as const) {
    try {
      const { jobs } = await readText(text, { mode });
      for (const { submit, wait, run } of jobs) {
        expect(submit >= 0 && wait >= -1 && run >= -1).toBe(true);
      }
    } catch (error) {
      expect(error).toBeInstanceOf(Failure);
      expect((error as Failure).message).not.toMatch(/^[A-Z]\w+ Error:|Internal/);
      expect((error as Failure).message).not.toContain("cannot be read: ");
    }
  }
}

const [header = "", ...rows] = fixture("sacct-parsable2.txt").trimEnd().split("\n");
const records = JSON.parse(fixture("sacct.json")) as { jobs: unknown[] };

test("10,000 changed lines of sacct give jobs or a reason, never a crash", async () => {
  const changes = fc.array(mutation, { minLength: linesPerFile, maxLength: linesPerFile });
  await fc.assert(
    fc.asyncProperty(changes, async (each) => {
      await survives(`${header}\n${mutated(rows, each)}\n`);
    }),
    { numRuns: propertyRuns(files), endOnFailure: true },
  );
}, 600_000);

test("10,000 changed lines of sacct --json give jobs or a reason, never a crash", async () => {
  const lines = records.jobs.map((job) => JSON.stringify(job));
  const changes = fc.array(mutation, { minLength: linesPerFile, maxLength: linesPerFile });
  await fc.assert(
    fc.asyncProperty(changes, async (each) => {
      await survives(
        `{"jobs": [\n${lines[0]},\n${mutated(lines, each).replaceAll("\n", ",\n")}\n]}`,
      );
    }),
    { numRuns: propertyRuns(files), endOnFailure: true },
  );
}, 600_000);

test("a file whose first line is changed is of some format or of none, never a crash", async () => {
  const changes = fc.array(mutation, { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(changes, async (each) => {
      await survives(`${mutated([header], each)}\n${rows.join("\n")}\n`);
    }),
    { numRuns: propertyRuns(40), endOnFailure: true },
  );
}, 600_000);
