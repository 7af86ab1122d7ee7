import { copyFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openLog } from "../../../workloads/logs/open";
import { writeCsv, writeParquet } from "../../../workloads/logs/parquet";
import { logFile } from "../swf-fixture";
import { miniature, readLog } from "./formats/fixture";
import { readPath } from "./read-log";

test.each([
  ["Parquet", writeParquet, "schedlab"],
  ["CSV", writeCsv, "schedlab-csv"],
])("a log that was written as %s is the same log", async (_, write, format) => {
  for (const name of ["pbs.txt", "lsb.acct", "supercloud.csv", "spot.csv", "flux-jobs.json"]) {
    const before = await readLog(miniature(name));
    const out = logFile("", "log");
    await openLog(miniature(name), { mode: "strict" }, (opened) => write(opened, out));
    const after = await readLog(out);
    expect(after.jobs).toEqual(before.jobs);
    expect(after.why).toMatch(new RegExp(`^${format} \\(`));
    // And once more, from our own format into the other.
    const again = logFile("", "log");
    copyFileSync(out, again);
    const other = write === writeCsv ? writeParquet : writeCsv;
    await openLog(out, { mode: "strict" }, (opened) => other(opened, again));
    expect((await readLog(again)).jobs).toEqual(before.jobs);
  }
});

test.each([
  ["queues alone", [4, -1], [7, -1], ["4", "7"], []],
  ["partitions alone", [-1, 4], [-1, 7], ["4", "7"], []],
  ["both alike", [4, 4], [7, 7], ["4", "7"], []],
  [
    "both",
    [4, 1],
    [-1, 2],
    ["4", undefined],
    ["2 jobs: numbers of partitions beside those of queues"],
  ],
  ["neither", [-1, -1], [-1, -1], [undefined, undefined], []],
])("a log of the standard with %s", async (_, first, second, partitions, lost) => {
  const line = (job: number, [queue, partition]: readonly number[]) =>
    `${job} ${job} 1 10 4 -1 -1 4 20 -1 1 1 1 1 ${queue} ${partition} -1 -1`;
  const file = logFile([line(1, first), line(2, second), ""].join("\n"));
  for (const write of [writeParquet, writeCsv]) {
    const out = logFile("", "log");
    const written = await openLog(file, { mode: "strict" }, (opened) => write(opened, out));
    expect(written).toEqual({ written: 2, lost });
    const { jobs } = await readPath(out, { mode: "strict" });
    expect(jobs.map(({ asks }) => asks?.partition)).toEqual(partitions);
  }
});
