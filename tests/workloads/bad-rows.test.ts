import { expect, test } from "vitest";
import { workloadSchema } from "../../spec/workload";
import { workloadJobs } from "../../workloads/workload";
import { sacct } from "./logs/read-log";
import { line, logFile } from "./swf-fixture";

const cluster = { capacityCores: 4, largestNodeCores: 4, memoryPerCoreMiB: 2048, gpus: 0 };

function replay(content: string, change: object = {}) {
  const file = logFile(content, "site.txt");
  const spec = { kind: "trace", file, jobs: "all", sizes: { mode: "full" }, ...change };
  return workloadJobs(workloadSchema.parse(spec), cluster);
}

const leaveOut = { badRows: "leave-out" };
const remedy = "set workload.badRows to leave-out, which leaves bad rows out and counts them";
const rows = ["7", "8", "9"].map((JobID) => ({ JobID, JobIDRaw: JobID }));
const dump = sacct(rows);
/** As a full disk leaves it. */
const cut = dump.slice(0, dump.length - 30);

test("a dump whose last row was cut off is refused, and the error names the key", async () => {
  for (const change of [{}, { badRows: "refuse" }]) {
    await expect(replay(cut, change)).rejects.toMatchObject({
      message: expect.stringMatching(/site\.txt, line 4: .* it may be cut off$/),
      remedy: `mend these rows, or ${remedy}`,
    });
  }
});

test("a row that was cut off is left out, and a note counts it", async () => {
  const { jobs, notes } = await replay(cut, leaveOut);
  expect(jobs.map(({ traceJob }) => traceJob)).toEqual([7, 8]);
  expect(notes).toEqual([
    "bad rows of the trace: 1 × line left out: another number of values, or no text",
  ]);
  const whole = await replay(dump, leaveOut);
  expect([whole.jobs.length, whole.notes]).toEqual([3, []]);
});

test("each kind of bad row is counted by itself, and what is merely odd is not", async () => {
  const bad = sacct([
    ...rows,
    { JobID: "10", JobIDRaw: "10", ReqMem: "lots" },
    { JobID: "11", JobIDRaw: "11", ReqMem: "some" },
    { JobID: "12", JobIDRaw: "12", End: "2024-03-01T08:00:30" },
  ]);
  const { jobs, notes } = await replay(`${bad}torn\n`, { ...leaveOut, memory: "drop" });
  expect(jobs).toHaveLength(3);
  expect(notes).toEqual([
    "bad rows of the trace: 1 × line left out: another number of values, or no text",
    expect.stringMatching(/^bad rows of the trace: 2 × row left out: column .*ReqMem.*: expected /),
    expect.stringMatching(/^bad rows of the trace: 1 × row left out: .*expected an end no earlier/),
  ]);
});

test("a JSON document that was cut off gives the jobs before its end", async () => {
  const document = JSON.stringify([
    { id: "a", submit: 0 },
    { id: "b", submit: 5 },
    { id: "c", submit: 9 },
  ]);
  const mapping = [
    "name: ours",
    "title: ours",
    'read: { as: json, records: "" }',
    "columns: { id: id, submit: submit }",
    "recognise: { columns: [id, submit] }",
    "fields:",
    "  job: id",
    "  submit: submit",
    "  start: submit",
    "  elapsed: { sql: \"'60'\" }",
    "  requested_cores: { sql: \"'2'\" }",
  ].join("\n");
  const format = logFile(`${mapping}\n`, "ours.yaml");
  const torn = document.slice(0, document.length - 12);
  await expect(replay(torn, { format })).rejects.toMatchObject({
    message: expect.stringContaining("it is cut off"),
    remedy: `write the file again, or ${remedy}`,
  });
  const { jobs, notes } = await replay(torn, { format, ...leaveOut });
  expect(jobs.map(({ submitSeconds }) => submitSeconds)).toEqual([0, 5]);
  expect(notes).toEqual([
    "bad rows of the trace: 1 × file cut off before its end",
    "bad rows of the trace: 1 × row left out: expected a time of submission",
  ]);
});

test("a log in the Standard Workload Format keeps the jobs of bad lines as far as they can be read", async () => {
  const log = [
    line(1, 0),
    line(2, 5).replace(" 20 ", " soon "),
    line(3, 6).slice(0, 20),
    line(4, 7),
    "",
  ].join("\n");
  await expect(replay(log, { format: "swf" })).rejects.toMatchObject({
    message: expect.stringContaining("line 2, field 9 (requested time)"),
    remedy: `mend this line, or ${remedy}`,
  });
  const { jobs, notes } = await replay(log, { format: "swf", ...leaveOut });
  expect(jobs.map(({ traceJob, limitSeconds }) => [traceJob, limitSeconds])).toEqual([
    [1, 20],
    [2, 10],
    [4, 20],
  ]);
  expect(notes).toEqual([
    "bad rows of the trace: 1 × unreadable requested time",
    "bad rows of the trace: 1 × line left out: wrong number of fields",
  ]);
});

test("jobs of a log that is out of order are submitted in the order of their times", async () => {
  const log = [line(1, 10), line(2, 4), line(3, 7), line(4, 30)].join("\n");
  const { jobs, notes } = await replay(log, { format: "swf", jobs: 3, ...leaveOut });
  expect(jobs.map(({ traceJob, submitSeconds }) => [traceJob, submitSeconds])).toEqual([
    [2, 0],
    [3, 3],
    [1, 6],
  ]);
  expect(notes).toEqual(["bad rows of the trace: 2 × submit out of order"]);
});

test("a log without a row that can be read is refused all the same", async () => {
  const bad = sacct([{ Submit: "never" }]);
  await expect(replay(bad, leaveOut)).rejects.toMatchObject({ remedy: "mend these rows" });
  await expect(replay(bad)).rejects.toMatchObject({ remedy: "mend these rows" });
});
