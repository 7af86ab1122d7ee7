import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { logFile } from "../swf-fixture";
import { readPath, readText, sacct } from "./read-log";

const dump = path.join(__dirname, "fixtures", "sacct-parsable2.txt");
const text = readFileSync(dump, "utf8");
const [header = "", ...rows] = text.trimEnd().split("\n");

const job = async (row: Readonly<Record<string, string>>) =>
  (await readText(sacct([row]), { mode: "strict" })).jobs[0];

test("a dump gives jobs with all that it says of them", async () => {
  const { jobs, records, start, why } = await readPath(dump, { mode: "strict" });
  expect(why).toContain("sacct");
  expect({ jobs: jobs.length, records, start }).toEqual({
    jobs: 12,
    records: 9,
    start: "1709280000",
  });
  expect(jobs[0]).toMatchObject({
    ...{ submit: 0, wait: 10, run: 3600, allocated: 8, requested: 8, estimate: 93_784, status: 1 },
    asks: {
      ...{ memoryMiB: 8192, nodes: 2, coresPerNode: 4, user: "ann", group: "phys" },
      ...{ account: "physics", partition: "batch", qos: "normal", name: "solve", eligible: 0 },
    },
  });
});

test("a start one second before the submission is one at the submission, and an earlier one is refused", async () => {
  const moments = (Start: string) =>
    readText(sacct([{ Submit: "2024-03-01T08:00:10", Eligible: "2024-03-01T08:00:10", Start }]), {
      mode: "strict",
    });
  const { jobs, start } = await moments("2024-03-01T08:00:09");
  expect(start).toBe("1709280009");
  expect(jobs[0]).toMatchObject({ submit: 0, wait: 0, run: 11 * 60 - 9, asks: { eligible: 0 } });
  await expect(moments("2024-03-01T08:00:08")).rejects.toThrow(/a start no earlier than/);
});

test("memory is of the node, of the core or of the job, as the suffix says", async () => {
  const { jobs } = await readPath(dump);
  expect(jobs.slice(0, 3).map(({ asks }) => asks?.memoryMiB)).toEqual([8192, 8000, 4096]);
  expect((await job({ ReqMem: "4Gn", NNodes: "3" }))?.asks?.memoryMiB).toBe(3 * 4096);
  expect((await job({ ReqMem: "500Mc" }))?.asks?.memoryMiB).toBe(2000);
  expect((await job({ ReqMem: "1.5T" }))?.asks?.memoryMiB).toBe(1.5 * 2 ** 20);
  expect((await job({ ReqMem: "0n" }))?.asks?.memoryMiB).toBeUndefined();
  const list = "billing=4,cpu=4,gres/gpumem=9G,mem=2500M,node=1";
  expect((await job({ ReqMem: "4Gn", ReqTRES: list }))?.asks?.memoryMiB).toBe(2500);
});

test.each([
  ["billing=8,cpu=4,gres/gpu:a100=2,gres/gpu=2,mem=4G,node=1", 2, "a100"],
  ["cpu=4,gres/gpu:a100=2,gres/gpu:v100=1,node=1", 3, "a100"],
  ["gres/gpu=8", 8, undefined],
  ["cpu=4,mem=4G,node=1", undefined, undefined],
])("GPUs of %s are %s of type %s", async (ReqTRES, gpus, gpuType) => {
  const asks = (await job({ ReqTRES }))?.asks;
  expect([asks?.gpus, asks?.gpuType]).toEqual([gpus, gpuType]);
});

test.each([
  ["gpu:2080ti:4", 4, "2080ti"],
  ["gpu:1g.5gb:2,craynetwork:1", 2, "1g.5gb"],
  ["craynetwork:1,gpu:a100:2(S:0-1)", 2, "a100"],
  ["gres:gpu:8", 8, undefined],
  ["gpu:tesla", undefined, "tesla"],
  ["gpumem:3", undefined, undefined],
])("without lists of resources, GPUs of %s are %s of type %s", async (ReqGRES, gpus, gpuType) => {
  const header = ["JobID", "User", "Submit", "Start", "End", "State", "NCPUS", "ReqGRES"];
  const { jobs } = await readText(sacct([{ ReqGRES }], { header }), { mode: "strict" });
  const asks = jobs[0]?.asks;
  expect([asks?.gpus, asks?.gpuType]).toEqual([gpus, gpuType]);
});

test.each([
  ["1-02:03:04", 93_784],
  ["00:10:00", 600],
  ["10:30", 630],
  ["365-00:00:00", 31_536_000],
  ["UNLIMITED", -1],
  ["Partition_Limit", -1],
])("the limit %s is %d seconds", async (Timelimit, seconds) => {
  expect((await job({ Timelimit }))?.estimate).toBe(seconds);
});

test("states have a word more or less", async () => {
  const status = async (State: string) => (await job({ State }))?.status;
  expect(await status("CANCELLED by 1234")).toBe(5);
  expect(await status("CANCELLED+")).toBe(5);
  expect(await status("TIMEOUT")).toBe(0);
  expect(await status("RUNNING")).toBe(-1);
  await expect(status("FROZEN")).rejects.toThrow(
    'line 2, column State: "FROZEN": expected one of COMPLETED, FAILED',
  );
});

test("tasks of an array keep their places, and those that never started are one job each", async () => {
  const { jobs } = await readPath(dump);
  expect(jobs.flatMap(({ asks }) => asks?.array ?? [])).toEqual(
    [4, 5, 6, 7, 8, 9].map((task) => ({ array: 1, task, limit: 2 })),
  );
  const few = [{ JobID: "7_[1,3-9:2%4]", JobIDRaw: "7", State: "PENDING", Start: "Unknown" }];
  const steps = await readText(sacct(few.map((row) => ({ ...row, End: "Unknown" }))));
  expect(steps.jobs.map(({ asks }) => asks?.array?.task)).toEqual([1, 3, 5, 7, 9]);
  await expect(
    readText(sacct([{ JobID: "7_[1-999999999]", JobIDRaw: "7" }]), { mode: "strict" }),
  ).rejects.toThrow("expected the whole list of an array of at most 1000000 tasks");
});

test("a list of tasks that was cut off is refused with its line, or counted", async () => {
  const cut = sacct([
    {},
    ...["8_[1,3,5,...]", "9_[1,3,...%2]", "10_[1,..."].map((JobID) => ({ JobID, JobIDRaw: "8" })),
  ]);
  await expect(readText(cut, { mode: "strict" })).rejects.toThrow(
    /line 3: "1,3,5,\.\.\.": expected the whole list of an array of at most 1000000 tasks/,
  );
  const { jobs, oddities } = await readText(cut);
  expect([jobs.length, Object.values(oddities)]).toEqual([1, [3]]);
});

test("rows of a job that was requeued are attempts of it, and a number that was used again is another", async () => {
  const { jobs } = await readPath(dump);
  expect(jobs.filter(({ asks }) => asks?.name === "again")).toMatchObject([
    { submit: 7200, wait: 1200, run: 1800, status: 1 },
  ]);
  const later = {
    Submit: "2024-03-02T08:00:00",
    Start: "2024-03-02T08:01:00",
    End: "2024-03-02T08:02:00",
  };
  const again = await readText(sacct([{}, later]));
  expect(again.jobs.map(({ run }) => run)).toEqual([600, 60]);
  const twice = await readText(sacct([{}, {}]));
  expect([twice.jobs.length, twice.oddities]).toEqual([1, { "row given twice": 1 }]);
});

test("steps are left out, and a job that never started has no start", async () => {
  const { jobs } = await readPath(dump);
  expect(jobs.at(-1)).toMatchObject({ wait: -1, run: -1, allocated: -1, requested: 4, status: 5 });
  const cancelled = {
    State: "CANCELLED by 5",
    NodeList: "None assigned",
    Start: "2024-03-01T08:11:00",
  };
  expect(await job(cancelled)).toMatchObject({ wait: -1, run: -1, allocated: -1 });
  // Without the column of the nodes, it is its start that tells.
  const header = ["JobID", "Submit", "Start", "End", "State", "NCPUS", "ReqCPUS"];
  const ended = [
    { State: "CANCELLED by 5", Start: "2024-03-01T08:11:00" },
    { State: "CANCELLED by 5" },
    { State: "COMPLETED", Start: "2024-03-01T08:11:00" },
  ];
  const listed = await readText(
    sacct(
      ended.map((row, id) => ({ ...row, JobID: `${id}` })),
      { header },
    ),
  );
  expect(listed.jobs.map(({ wait, run, allocated }) => [wait, run, allocated])).toEqual([
    [-1, -1, -1],
    [60, 600, 4],
    [660, 0, 4],
  ]);
});

describe("the same jobs come out of", () => {
  const withoutMode = async (content: string | Buffer) =>
    (await readText(content, { mode: "strict" })).jobs;
  const expected = () => withoutMode(text);

  test("another order of the fields, in other cases", async () => {
    const cells = [header, ...rows].map((row) => row.split("|").reverse());
    cells[0] = cells[0]?.map((name) => name.toLowerCase()) ?? [];
    expect(await withoutMode(`${cells.map((row) => row.join("|")).join("\n")}\n`)).toEqual(
      await expected(),
    );
  });

  test("--parsable, with its delimiter at the end", async () => {
    expect(await withoutMode(text.replaceAll("\n", "|\n"))).toEqual(await expected());
  });

  test("the list of Open XDMoD without a header, with either ending", async () => {
    const bare = `${rows.join("\n")}\n`;
    expect(await withoutMode(bare)).toEqual(await expected());
    expect(await withoutMode(bare.replaceAll("\n", "|\n"))).toEqual(await expected());
  });

  test("it with another delimiter and a long list of nodes in its first line", async () => {
    const listed = (nodes: string) =>
      rows.map((row) => row.replace(/\|node[^|]*\|(?=[^|]*$)/, `|${nodes}|`));
    const nodes = `node[${Array.from({ length: 40 }, (_, id) => 2 * id + 1).join(",")}]`;
    const long = [...listed(nodes).slice(0, 1), ...rows.slice(1)];
    const { why } = await readText(`${long.join("\n")}\n`, { mode: "strict" });
    expect(why).toMatch(/^sacct \(.*no header, and 26 values/);
    const other = long.map((row) => row.replaceAll("|", "^"));
    expect(await withoutMode(`${other.join("\n")}\n`)).toEqual(await expected());
  });

  test("a byte order mark and line ends of Windows", async () => {
    expect(await withoutMode(`\uFEFF${text.replaceAll("\n", "\r\n")}`)).toEqual(await expected());
    const bare = `\uFEFF${rows.join("\r\n")}\r\n`;
    expect(await withoutMode(bare)).toEqual(await expected());
  });

  test("gzip", async () => {
    expect(await withoutMode(gzipSync(text))).toEqual(await expected());
  });

  test("seconds since 1970, as SLURM_TIME_FORMAT=%s gives them", async () => {
    const seconds = text.replaceAll(/2024-\d\d-\d\dT[\d:]+/g, (time) =>
      String(Date.parse(`${time}Z`) / 1000),
    );
    expect(await withoutMode(seconds)).toEqual(await expected());
  });

  test("times with an offset, whatever the zone of the log", async () => {
    const offset = text.replaceAll(/(2024-\d\d-\d\dT)([\d:]+)/g, (_, day, time) => {
      const moved = new Date(Date.parse(`${day}${time}Z`) + 3_600_000).toISOString();
      return `${moved.slice(0, 19)}+0100`;
    });
    const { jobs, start } = await readText(offset, { mode: "strict", zone: "America/New_York" });
    expect(jobs).toEqual(await expected());
    expect(start).toBe("1709280000");
  });
});

test("times without a zone are those of the zone that is said", async () => {
  const summer = {
    Submit: "2024-07-01T12:00:00",
    Start: "2024-07-01T12:00:10",
    End: "2024-07-01T12:00:20",
  };
  const berlin = await readText(sacct([summer]), { zone: "Europe/Berlin" });
  expect(berlin.start).toBe(String(Date.parse("2024-07-01T10:00:00Z") / 1000));
  await expect(readText(sacct([summer]), { zone: "Europe/Atlantis" })).rejects.toThrow(
    'no time zone "Europe/Atlantis"',
  );
});

test("local times that the clock had twice are counted, and taken as the later ones", async () => {
  const night = (Submit: string, Start: string, End: string) => ({ Submit, Start, End });
  const rowsOfNight = [
    night("2024-10-27T01:10:00", "2024-10-27T01:20:00", "2024-10-27T02:30:00"),
    night("2024-10-27T02:10:00", "2024-10-27T03:20:00", "2024-10-27T03:30:00"),
    night("2024-10-27T03:00:00", "2024-10-27T03:20:00", "2024-10-27T03:30:00"),
  ].map((row, index) => ({ ...row, JobID: String(index), JobIDRaw: String(index) }));
  const { jobs, oddities } = await readText(sacct(rowsOfNight), { zone: "Europe/Berlin" });
  expect(oddities).toEqual({ "row with a local time that the zone had twice": 2 });
  expect(jobs[0]?.run).toBe(2 * 3600 + 600);
});

test("a row that a full disk cut off is refused with its line, or counted", async () => {
  const cut = text.slice(0, text.length - 60);
  await expect(readText(cut, { mode: "strict" })).rejects.toThrow(
    'line 12: "140|140|c1|batch|normal|bio|bio|501|eve|1003|2024-03-01T11:00:00|Unknown|None...": expected 26 values',
  );
  const { jobs, oddities } = await readText(cut);
  expect(jobs.length).toBe(11);
  expect(oddities).toEqual({ "line left out: another number of values, or no text": 1 });
});

test("every problem has its line, its column, its value and what was expected", async () => {
  const bad = sacct([
    {},
    { JobID: "2", JobIDRaw: "2", Submit: "2024-13-01T00:00:00" },
    { JobID: "3", JobIDRaw: "3", ReqMem: "lots" },
    { JobID: "4", JobIDRaw: "4", End: "2024-03-01T08:00:30" },
  ]);
  await expect(readText(bad, { mode: "strict" })).rejects.toMatchObject({
    message: expect.stringMatching(
      /line 3, column Submit: "2024-13-01T00:00:00": expected a date and time .* \(and 2 more\)$/,
    ),
    detail: expect.stringMatching(
      /line 4, column .*ReqMem.*"lots".*\n.*line 5: .* and .*: expected an end no earlier/,
    ),
  });
  const { jobs, oddities } = await readText(bad);
  expect([jobs.length, Object.values(oddities)]).toEqual([1, [1, 1, 1]]);
});

describe("a dump of several clusters, whose jobs may have the same number, is refused", () => {
  const modes = ["strict", "tolerant"] as const;
  const problem = {
    message: expect.stringMatching(
      /log\.txt is a dump of several clusters, such as "c1" and "c2"$/,
    ),
    remedy: expect.stringContaining("--clusters=NAME"),
  };

  test.each(modes)("as text, %s", async (mode) => {
    const header = ["JobID", "Cluster", "Submit", "Start", "End", "State", "NCPUS"];
    const dumpOf = (...clusters: string[]) =>
      sacct(
        clusters.map((Cluster, id) => ({ JobID: `${id}`, Cluster })),
        { header },
      );
    await expect(readText(dumpOf("c1", "", "c1", "c2"), { mode })).rejects.toMatchObject(problem);
    const one = await readText(dumpOf("", "c1", "c1"), { mode });
    expect([one.jobs.length, one.oddities]).toEqual([3, {}]);
    // With a row that the mode leaves out, or that has a carriage return in it.
    const odd = dumpOf("c1", "c1", "c2").replace("COMPLETED", "COMP\rLETED");
    await expect(readText(odd, { mode })).rejects.toMatchObject(problem);
  });

  test("but not where a query of one's own takes the columns", async () => {
    const own = 'extends: sacct\nname: own\nquery: "SELECT * EXCLUDE (cluster) FROM source"\n';
    const { jobs } = await readPath(dump, { format: logFile(own, "own.yaml") });
    expect(jobs).toHaveLength(12);
  });

  test.each(modes)("as JSON, %s", async (mode) => {
    const json = readFileSync(path.join(__dirname, "fixtures", "sacct.json"), "utf8");
    expect((await readText(json, { mode })).jobs.length).toBeGreaterThan(3);
    const at = json.lastIndexOf('"cluster": "c1"');
    const two = `${json.slice(0, at)}"cluster": "c2"${json.slice(at + 15)}`;
    await expect(readText(two, { mode })).rejects.toMatchObject(problem);
  });
});
