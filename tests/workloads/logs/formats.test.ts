import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { formatNames, mappingNamed } from "../../../workloads/logs/mappings";
import { openLog } from "../../../workloads/logs/open";
import { writeParquet } from "../../../workloads/logs/parquet";
import { firstRecord } from "../../../workloads/logs/records";
import { line, logFile } from "../swf-fixture";
import { readPath, readText, sacct } from "./read-log";

const json = path.join(__dirname, "fixtures", "sacct.json");
const dump = path.join(__dirname, "fixtures", "sacct-parsable2.txt");

test("what a live Slurm 24.11.5 of ours printed is read as its jobs, in both forms", async () => {
  const fixture = (name: string) => path.join(__dirname, "fixtures", name);
  const text = await readPath(fixture("sacct-live.txt"), { mode: "strict" });
  // One of 17 rows is an earlier attempt.
  expect([text.records, text.jobs.length]).toEqual([17, 16]);
  const gpu = text.jobs.find(({ asks }) => asks?.name === "gpu");
  expect(gpu).toMatchObject({ submit: 0, wait: 14, run: 15, allocated: 2, asks: { gpus: 2 } });
  const ended = (status: number) => text.jobs.filter((job) => job.status === status).length;
  expect([ended(1), ended(0), ended(5)]).toEqual([14, 1, 1]);
  const json = await readPath(fixture("sacct-requeued.json"), { mode: "strict" });
  expect([json.records, json.jobs.length]).toEqual([3, 2]);
  const requeued = json.jobs.find(({ asks }) => asks?.name === "requeued");
  expect(requeued).toMatchObject({ submit: 0, wait: 154, run: 20, status: 1 });
});

test("sacct --json gives the jobs of its list, with arrays, attempts and GPUs", async () => {
  const { jobs, records, why } = await readPath(json, { mode: "strict" });
  expect(why).toContain("sacct-json");
  expect([jobs.length, records]).toEqual([9, 6]);
  expect(jobs[0]).toMatchObject({ submit: 0, wait: 10, run: 3600, estimate: 3600, status: 1 });
  expect(jobs[0]?.asks).toMatchObject({ memoryMiB: 4096, name: 'say "hi", {x}', user: "ann" });
  expect(jobs[1]?.asks).toMatchObject({ gpus: 2, gpuType: "a100", array: { task: 4, limit: 2 } });
  expect(jobs[7]).toMatchObject({ submit: 7200, wait: 1200, run: 1800, status: 1 });
  expect(jobs[8]).toMatchObject({ wait: -1, run: -1, estimate: -1, status: 5 });
});

test("a JSON document that was cut off is refused, or read as far as it goes", async () => {
  const cut = readFileSync(json, "utf8").slice(0, 5000);
  await expect(readText(cut, { mode: "strict" })).rejects.toThrow("cut off");
  expect((await readText(cut)).jobs.length).toBeGreaterThan(0);
});

test("an object in a list is found behind texts with brackets and quotes", () => {
  const text =
    '{"a\\"]": ["x"], "meta": {"jobs": [1]}, "jobs": [ {"x": "}\\"{", "y": [{"z": 1}]}, {} ]}';
  const record = { x: '}"{', y: [{ z: 1 }] };
  expect(firstRecord(text, "jobs")).toEqual({ record, whole: true });
  expect(firstRecord(text, "others")).toBeUndefined();
});

test("Parquet of our own holds what a log says, and is read again", async () => {
  const out = logFile("", "jobs.parquet");
  await openLog(dump, { mode: "strict" }, (opened) => writeParquet(opened, out));
  const [before, after] = [await readPath(dump), await readPath(out, { mode: "strict" })];
  expect(after.why).toContain("schedlab (");
  expect(after.jobs).toEqual(before.jobs);
  expect(after.records).toBe(before.records);
});

test("Parquet of a log of the standard has its jobs", async () => {
  const swf = logFile([";UnixStartTime: 1000", line(1, 0), line(2, 5, 20, 4, 7)].join("\n"));
  const out = logFile("", "jobs.parquet");
  await openLog(swf, { mode: "tolerant" }, (opened) => writeParquet(opened, out));
  const { jobs, start } = await readPath(out);
  expect(start).toBe("1000");
  expect(jobs).toMatchObject([
    { submit: 0, wait: -1, requested: 1, estimate: 20 },
    { submit: 5, wait: -1, requested: 4, asks: { user: "7" } },
  ]);
});

describe("a format is recognised by the content", () => {
  test("of the standard: comments or numbers", async () => {
    expect((await readText([";Computer: x", line(1, 0)].join("\n"))).why).toContain("swf");
    expect((await readText(`${line(1, 0)}\n${line(2, 1)}\n`)).why).toContain("swf");
  });

  test("and what fits none is refused with what it has", async () => {
    await expect(readText("when,who,what,where\n1,2,3,4\n")).rejects.toMatchObject({
      detail: "its first line: when,who,what,where",
      remedy: expect.stringContaining("docs/logs.md"),
    });
    const padded = "       JobID    JobName  Partition\n------------ ---------- ----------\n";
    await expect(readText(padded)).rejects.toMatchObject({
      remedy: expect.stringContaining("--parsable2"),
    });
    await expect(readText('{"a": 1}\n')).rejects.toThrow("which is JSON");
    await expect(readText("PAR1 and then nothing")).rejects.toThrow("no whole Parquet file");
  });

  test("unless it is said, and then it has to fit", async () => {
    await expect(readPath(dump, { format: "sacct-json" })).rejects.toThrow("it is no JSON");
    await expect(readPath(dump, { format: "sact" })).rejects.toThrow('did you mean "sacct"?');
    await expect(readPath(dump, { format: "swf", mode: "strict" })).rejects.toThrow("line 1");
  });

  test("whatever the format, its mapping is one of the schema and names its columns", () => {
    for (const name of formatNames()) expect(mappingNamed(name, ".").name).toBe(name);
  });
});

describe("a mapping of one's own", () => {
  const mapping = `
name: site
title: a CSV file
read: { as: delimited }
columns: { id: job, at: [submitted, submit], from: started, to: ended, cores: cpus, mem: gb, min: minutes, who: user, code: state }
recognise: { columns: [id, at] }
zone: Europe/Berlin
fields:
  job: id
  submit: at
  start: from
  end: to
  requested_cores: cores
  memory: { column: mem, unit: GiB }
  limit: { column: min, unit: minutes, nulls: ["-1"] }
  user: who
  gpus: { sql: "CASE WHEN cores = '64' THEN '4' END" }
  state: { column: code, is: { ok: completed, bad: failed } }
`;
  const site = (text = mapping) => logFile(text, "site.yaml");
  const csv = [
    "job,submitted,started,ended,cpus,gb,minutes,user,state",
    'a1,2024-01-01 01:00:00,2024-01-01 01:00:05,2024-01-01 01:00:15,64,2.5,90,"Ann, B.",ok',
    "a2,2024-01-01 01:00:01,,,4,1,-1,bob,",
  ].join("\n");

  test("reads names with a comma in quotes, units, zones and texts for unknown", async () => {
    const { jobs, start } = await readText(csv, { format: site(), mode: "strict" });
    expect(start).toBe(String(Date.parse("2024-01-01T00:00:00Z") / 1000));
    expect(jobs).toMatchObject([
      { submit: 0, wait: 5, run: 10, estimate: 5400, status: 1 },
      { submit: 1, wait: -1, run: -1, estimate: -1, status: -1 },
    ]);
    expect(jobs[0]?.asks).toMatchObject({ user: "Ann, B.", memoryMiB: 2560, gpus: 4 });
  });

  test("can take over another one and change parts of it", async () => {
    const own = site("extends: sacct\nname: ours\nzone: Asia/Tokyo\n");
    const { start } = await readText(sacct([{}]), { format: own });
    expect(start).toBe(String(Date.parse("2024-02-29T23:00:00Z") / 1000));
  });

  test.each([
    ["an unknown key", `${mapping}speed: 1`, "unknown key"],
    [
      "a column that is not listed",
      mapping.replace("submit: at", "submit: att"),
      'did you mean "at"?',
    ],
    ["an unknown unit", mapping.replace("unit: GiB", "unit: gigs"), "expected one of bytes"],
    ["no YAML", "a: [", "is no YAML"],
  ])("is refused with %s", async (_, text, message) => {
    await expect(readText(csv, { format: site(text) })).rejects.toThrow(message);
  });

  test("says so when times are milliseconds, when none is there, and when users are hashes it takes them", async () => {
    const times = (submit: string) =>
      `job,submitted,user\n1,${submit},3f2a9c\n2,${submit},3f2a9c\n`;
    const short = site(
      mapping.replace(
        /columns: .*/,
        "columns: { id: job, at: submitted, from: s, to: e, cores: c, mem: m, min: n, who: user, code: x }",
      ),
    );
    const read = (submit: string) => readText(times(submit), { format: short });
    await expect(read("1700000000000")).rejects.toMatchObject({
      message: expect.stringContaining("are these milliseconds?"),
      remedy: expect.stringContaining("unit: milliseconds"),
    });
    await expect(read("")).rejects.toThrow("expected a time of submission");
    expect((await read("1700000000")).jobs.map(({ user, asks }) => [user, asks?.user])).toEqual([
      [1, "3f2a9c"],
      [1, "3f2a9c"],
    ]);
    const withUnit = site(
      readFileSync(short, "utf8").replace(
        "submit: at",
        "submit: { column: at, unit: milliseconds }",
      ),
    );
    expect((await readText(times("1700000000000"), { format: withUnit })).start).toBe("1700000000");
  });
});

test("a file that cannot be read, an empty one and a folder say so", async () => {
  await expect(readPath("/nowhere/log.txt")).rejects.toThrow("no such file");
  await expect(readPath(__dirname)).rejects.toThrow("directory");
  await expect(readText("")).rejects.toThrow("empty");
  const headerOnly = logFile("", "x.txt");
  writeFileSync(headerOnly, sacct([]));
  await expect(readPath(headerOnly)).rejects.toThrow("no row of a job");
});
