import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { logFile } from "../../swf-fixture";
import { miniature, readLog, testFuzzed, testVariants } from "./fixture";

const ada = { user: "ada", account: "cfd", partition: "normal" };
const dee = { user: "dee", account: "chem", partition: "short" };
const expected = [
  // Hosts as 16*n01; memory of each host; the limit stands behind what each host used.
  {
    ...{ submit: 0, wait: 10, run: 3600, status: 1, estimate: 7200, requested: 32, allocated: 32 },
    ...{ nodes: 2, coresPerNode: 16, memoryMiB: 65_536, ...ada, name: "mesh" },
  },
  // Quotation marks in the name and the command, blanks in an extension, no limit.
  {
    ...{ submit: 300, wait: 900, run: 7200, status: 0, requested: 2, allocated: 2, nodes: 1 },
    ...{ coresPerNode: 2, memoryMiB: 1024, gpus: 2, user: "bo", account: "heat", partition: "gpu" },
    name: 'say "hi"; start=7',
  },
  // Killed by its owner before it started.
  {
    ...{ submit: 400, status: 5, requested: 4, user: "cy", account: "default" },
    ...{ partition: "normal", name: "never" },
  },
  {
    ...{ submit: 1800, wait: 5, run: 60, status: 1, estimate: 600, requested: 1, allocated: 1 },
    ...{ nodes: 1, coresPerNode: 1, ...ada, name: "sweep", array: { array: 1, task: 1, limit: 1 } },
  },
  // Ended by its run limit.
  {
    ...{ submit: 1800, wait: 66, run: 600, status: 0, estimate: 600, requested: 1, allocated: 1 },
    ...{ nodes: 1, coresPerNode: 1, ...ada, name: "sweep", array: { array: 1, task: 2, limit: 1 } },
  },
  // Killed by its owner while it ran.
  {
    ...{ submit: 5100, wait: 0, run: 300, status: 5, estimate: 300, requested: 1, allocated: 1 },
    ...{ nodes: 1, coresPerNode: 1, ...dee },
  },
  {
    // Two hosts as it came.
    ...{ submit: 5600, wait: 100, run: 700, status: 1, requested: 8, allocated: 8 },
    ...{ ...dee, name: "O'Hara, Éva" },
  },
];

test("the JOB_FINISH records of lsb.acct become jobs; other records are no jobs", async () => {
  const { jobs, oddities, why } = await readLog(miniature("lsb.acct"));
  expect(why).toMatch(/^lsf \(/);
  expect(jobs).toEqual(expected);
  expect(oddities).toEqual({});
});

test("a record of an old version ends early and has no limit", async () => {
  const [, first = ""] = readFileSync(miniature("lsb.acct"), "utf8").split("\n");
  const old = first.slice(0, first.indexOf(' "" "" "" "" 0 "" 0')).replace('"10.1"', '"7.03"');
  const { jobs } = await readLog(logFile(`${old}\n`, "log"));
  expect(jobs).toMatchObject([{ run: 3600, requested: 32, nodes: 2, user: "ada", account: "cfd" }]);
  expect(jobs[0]).not.toHaveProperty("estimate");
});

test.each([
  ["32768.00", 32_768],
  ["32GB", 32_768],
  ["32G:duration=1h", 32_768],
  ["1.5T", 1.5 * 2 ** 20],
  ["512mb/host", 512],
  ["1048576KB", 1024],
])("memory of rusage[mem=%s] is %d MiB for each host", async (mem, each) => {
  const [, first = ""] = readFileSync(miniature("lsb.acct"), "utf8").split("\n");
  const line = first.replace("rusage[mem=32768.00]", `rusage[mem=${mem}]`);
  const { jobs } = await readLog(logFile(`${line}\n`, "log"));
  expect(jobs).toMatchObject([{ memoryMiB: 2 * each }]);
});

test.each([
  ["span[ptile=16]", 2],
  ["span[ptile=10]", 4],
  ["select[maxmem > 1000] rusage[mem=4] span[hosts=1]", 1],
  ["rusage[mem=4] span[block=4]", undefined],
  ["span[ptile=0]", undefined],
  ["", undefined],
])("a job of 32 slots on two hosts with the requirement %s asked for %s", async (wanted, nodes) => {
  const [, first = ""] = readFileSync(miniature("lsb.acct"), "utf8").split("\n");
  const effective = "select[type == local] order[r15s:pg] rusage[mem=32768.00] span[ptile=16] ";
  const line = first.replace(`"${effective}"`, `"rusage[mem=512] ${wanted}"`);
  const { jobs } = await readLog(logFile(`${line}\n`, "log"));
  expect(jobs[0]?.nodes).toBe(nodes);
  expect(jobs[0]?.memoryMiB).toBe(512 * Number(nodes ?? 2));
});

test("a unit of memory that is unknown is told", async () => {
  const [, first = ""] = readFileSync(miniature("lsb.acct"), "utf8").split("\n");
  const line = first.replace("mem=32768.00]", "mem=1furlong]");
  await expect(readLog(logFile(`${line}\n`, "log"))).rejects.toThrow(/"1furlong": expected /);
});

test.each([
  ["another text", () => 'rubbish "x', /line 2: "rubbish .*expected "JOB_FINISH" and its fields/],
  ["a record that is cut off", (line: string) => line.slice(0, 200), /line 2: .*up to the index/],
  [
    "a state of its own",
    (line: string) => line.replace(' 64 60.0 "mesh"', ' 4 60.0 "mesh"'),
    /line 2, column state: "4": expected one of/,
  ],
  [
    "a number of hosts that is none",
    (line: string) => line.replace(' 0 2 "16*n01"', ' 0 x "16*n01"'),
    /line 2: /,
  ],
  [
    "a time of another millennium",
    (line: string) => line.replace('"10.1" 1772442010', '"10.1" 91772442010'),
    /line 2: .*expected moments before the year 2200/,
  ],
  [
    "a huge number of hosts",
    (line: string) => line.replace(' 0 2 "16*n01"', ' 0 4000000000 "16*n01"'),
    /line 2: /,
  ],
])("%s is told with its line, and left out where that is allowed", async (_, change, problem) => {
  const [, first = ""] = readFileSync(miniature("lsb.acct"), "utf8").split("\n");
  const file = logFile(`${first}\n${change(first.replaceAll("501", "601"))}\n`, "log");
  await expect(readLog(file)).rejects.toThrow(problem);
  const { jobs, oddities } = await readLog(file, { mode: "tolerant" });
  expect(jobs.length).toBe(1);
  expect(Object.values(oddities)).toEqual([1]);
});

testVariants("lsb.acct", "lsf");
testFuzzed("lsb.acct");
