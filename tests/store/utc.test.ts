import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { query } from "../../analysis/query";
import { repoRoot } from "../../base/paths";
import { temporaryDirectory, writeRun } from "./run-fixture";

/** 09:00 in New York is 14:00 UTC: a local time is hours away from the present one. */
const zone = "America/New_York";
const schedlabJs = path.join(repoRoot, "bin", "schedlab.js");
const minute = 60_000_000n;

test("a store written in another time zone holds UTC, whoever wrote the row", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  const log = path.join(directory, "log.swf");
  writeFileSync(log, "; MaxProcs: 4\n1 0 0 10 1 -1 -1 1 20 -1 1 1 1 -1 1 -1 -1 -1\n");
  const run = writeRun(directory);
  const schedlab = (...words: string[]) =>
    execFileSync(process.execPath, [schedlabJs, ...words, "--store", store], {
      env: { ...process.env, TZ: zone },
      stdio: "pipe",
    });
  schedlab("load", run);
  schedlab("import", log, "--name", "recorded");
  const written = await query(
    store,
    `SELECT origin AS what, epoch_us(loaded_at) AS at FROM runs
     UNION ALL SELECT 'schema ' || version, epoch_us(applied_at) FROM schema_version`,
  );
  const now = BigInt(Date.now()) * 1000n;
  expect(written.length).toBeGreaterThan(3);
  for (const { what, at } of written) {
    const off = now - BigInt(String(at));
    expect([what, off > -minute && off < 5n * minute]).toEqual([what, true]);
  }
}, 60_000);
