import fc from "fast-check";
import { expect, test } from "vitest";
import {
  headerNumber,
  leadingWholeNumber,
  machineOf,
  preemption,
} from "../../workloads/swf/header";
import { readSwf } from "../../workloads/swf/read";
import { headerLines } from "../../workloads/swf/write";
import { propertyRuns } from "../property-runs";
import { line } from "./swf-fixture";

/** Strictly, so that nothing here is something that the standard forbids. */
function read(comments: string | Buffer, jobs = [line(1, 0)]) {
  const head = Buffer.isBuffer(comments) ? comments : Buffer.from(`${comments}\n`);
  return readSwf(Buffer.concat([head, Buffer.from(jobs.join("\n"))]), "strict");
}

async function headerOf(...comments: string[]) {
  return Object.fromEntries((await read(comments.join("\n"))).reading.header);
}

test("a line that is indented further continues the value above, also with a colon or a URL", async () => {
  expect(
    await headerOf(
      "; Information: http://example.org/one",
      ";              http://example.org/two",
      "; Note: jobs of queue 3",
      ";   were drained (see below)",
      ";",
      ";   Warning: dates moved",
      "; Queue: 0 interactive",
      "; Queue: 1 batch",
    ),
  ).toEqual({
    Information: ["http://example.org/one\nhttp://example.org/two"],
    Note: ["jobs of queue 3\nwere drained (see below)\n\nWarning: dates moved"],
    Queue: ["0 interactive", "1 batch"],
  });
});

test("prose goes on at the label's own indentation; behind an empty comment it stands alone", async () => {
  const comments = ["; Note: a", "; b", ";", "; c", "; MaxProcs: 4", "; d"];
  expect(await headerOf(...comments)).toEqual({ Note: ["a\nb"], "": ["c", "d"], MaxProcs: ["4"] });
});

test("labels may be indented, aligned at their colons, or without a blank", async () => {
  expect(
    await headerOf(
      ";      Version: 2.2",
      ";     Computer: SP2",
      "; Installation: X",
      ";     MaxProcs: 64",
    ),
  ).toEqual({ Version: ["2.2"], Computer: ["SP2"], Installation: ["X"], MaxProcs: ["64"] });
  expect(
    await headerOf("; Version: 2.2", ";MaxProcs:64", ";  Queue: 0 a", ";\tMaxNodes: 8"),
  ).toEqual({
    Version: ["2.2"],
    MaxProcs: ["64"],
    Queue: ["0 a"],
    MaxNodes: ["8"],
  });
});

test("labels in other case or with blanks are the standard's, and are counted", async () => {
  const { reading } = await read("; max procs: 64\n; MAXNODES : 8\n; Maxprocs: 32");
  expect(Object.fromEntries(reading.header)).toEqual({ MaxProcs: ["64", "32"], MaxNodes: ["8"] });
  expect(Object.fromEntries(reading.oddities)).toMatchObject({
    "header label MaxProcs written otherwise": 2,
    "header label MaxNodes written otherwise": 1,
    "header label MaxProcs repeated": 1,
  });
  expect(machineOf(reading.header)).toEqual({ procs: 64, label: "MaxProcs" });
});

test.each([
  ["128", 128],
  ["128 (two 64-way)", 128],
  ["64 16-way SMPs", 64],
  ["1,024", 1024],
  ["1,024,000", 1_024_000],
  ["1 024 processors", 1024],
  ["1'024", 1024],
  ["+128.0", 128],
  ["512 KB", 512],
  ["128; 64 until 1998", 128],
  ["10\ncontinued 20", 10],
  ["-1", null],
  ["1.024", null],
  ["1,0245", null],
  ["2 x 64", null],
  ["128 64", null],
  ["64-way", null],
  ["about 128", null],
  ["unknown", null],
  ["", null],
])("the number of the header value %j is %j", (value, number) => {
  expect(leadingWholeNumber(value)).toBe(number);
});

test("MaxNodes in the place of MaxProcs is counted, not silent", async () => {
  const oddity = "no usable MaxProcs in the header, MaxNodes instead";
  for (const procs of ["", "; MaxProcs: unknown\n", "; MaxProcs: -1\n"]) {
    const { reading } = await read(`${procs}; MaxNodes: 8 (4 racks)`);
    expect(machineOf(reading.header)).toEqual({ procs: 8, label: "MaxNodes" });
    expect(reading.oddities.get(oddity)).toBe(1);
  }
  const { reading } = await read("; MaxProcs: 16\n; MaxNodes: 8");
  expect(reading.oddities.has(oddity)).toBe(false);
});

test("header comments count wherever they stand, and continue nothing above the jobs", async () => {
  const jobs = [line(1, 0), "; no label here", "; MaxProcs: 4", line(2, 5), ";   deep", line(3, 9)];
  const { reading, records } = await read("; Note: a", jobs);
  expect(records).toHaveLength(3);
  expect(Object.fromEntries(reading.header)).toEqual({
    Note: ["a"],
    "": ["no label here", "deep"],
    MaxProcs: ["4"],
  });
});

test("Latin-1, UTF-8, a byte order mark and carriage returns are read as they are meant", async () => {
  const latin = Buffer.from("; Installation: Universit\u00e4t M\u00fcnster\r\n", "latin1");
  const text = Buffer.from("\ufeff; MaxProcs: 4\r\n; Computer: Zürich ü\r\n");
  const { reading } = await read(Buffer.concat([text, latin]), [`${line(1, 0)}\r`]);
  expect(Object.fromEntries(reading.header)).toEqual({
    MaxProcs: ["4"],
    Computer: ["Zürich ü"],
    Installation: ["Universität Münster"],
  });
  expect(Object.fromEntries(reading.oddities)).toMatchObject({
    "byte order mark": 1,
    "comment that is not UTF-8, read as Latin-1": 1,
  });
});

test("the header's counts are read with their remarks", async () => {
  const { reading } = await read("; MaxJobs: 1 (cleaned)\n; MaxRecords: 2,000");
  expect(headerNumber(reading.header, "MaxRecords")).toBe(2000);
  expect(reading.oddities.get("header's record count differs")).toBe(1);
  expect(reading.oddities.has("header's job count differs")).toBe(false);
});

test("Preemption is read without regard to case and remarks", () => {
  const of = (value: string) => preemption(new Map([["Preemption", [value]]]));
  expect(["No", "yes", "DOUBLE (see note)", "TS"].map(of)).toEqual(["no", "yes", "double", "ts"]);
  expect([of("sometimes"), of(""), preemption(new Map())]).toEqual([null, null, null]);
});

const words = fc
  .array(
    fc.constantFrom("a", "Warning:", "http://x.org", "MaxProcs:", "64", "é", "Note:", "-", "(b)"),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => parts.join(" "));
const commentLine = fc
  .tuple(
    fc.constantFrom("", " ", "  ", "   ", "\t", "            "),
    fc.oneof(words, fc.constant("")),
  )
  .map(([indent, text]) => `;${indent}${text}`);

test("whatever the comments, what is written of them is read as the same header", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(commentLine, { maxLength: 12 }), async (comments) => {
      const { header } = (await read(comments.join("\n"))).reading;
      const written = [...headerLines(header)];
      const again = (await read(written.join("\n"))).reading.header;
      const byLabel = (entries: typeof header) => new Map([...entries].sort());
      expect(byLabel(again)).toEqual(byLabel(header));
      for (const word of ["http://x.org", "é", "(b)", "64"]) {
        const times = (lines: readonly string[]) => lines.join("\n").split(word).length;
        expect(times(written)).toBe(times(comments));
      }
    }),
    { numRuns: propertyRuns(400) },
  );
});
