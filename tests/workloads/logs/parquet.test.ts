import { copyFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openLog } from "../../../workloads/logs/open";
import { writeCsv, writeParquet } from "../../../workloads/logs/parquet";
import { logFile } from "../swf-fixture";
import { miniature, readLog } from "./formats/fixture";

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
