import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { finished } from "node:stream/promises";
import { Command } from "commander";
import { mebibytes, peakOf } from "./peak";

// Peak resident memory of `schedlab import` and `schedlab trace --out` over logs of 100,000 to a million
// records. The commands are whole processes, as a user starts them.
const sizes = [100_000, 300_000, 1_000_000] as const;
/** Most memory of the largest log, in that of the smallest. */
const aim = 1.5;

interface Peaks {
  readonly records: number;
  readonly importBytes: number;
  readonly traceBytes: number;
}

async function main(): Promise<void> {
  const { json } = new Command("import-memory")
    .option("--json", "print the figures as JSON", false)
    .parse()
    .opts<{ json: boolean }>();
  const folder = mkdtempSync(path.join(tmpdir(), "schedlab-benchmark-"));
  try {
    const peaks: Peaks[] = [];
    for (const records of sizes) {
      const log = path.join(folder, `${records}.swf`);
      await writeLog(log, records);
      const store = path.join(folder, `${records}.duckdb`);
      const out = path.join(folder, "out.swf");
      peaks.push({
        records,
        importBytes: await peakOf("import", log, "--name", "log", "--store", store),
        traceBytes: await peakOf("trace", log, "--out", out),
      });
    }
    const [first, last] = [peaks[0], peaks.at(-1)];
    if (first === undefined || last === undefined) throw new Error("nothing was measured");
    const ratios = {
      import: last.importBytes / first.importBytes,
      trace: last.traceBytes / first.traceBytes,
    };
    if (json) console.log(JSON.stringify({ peaks, ratios, aim }, null, 2));
    else {
      for (const { records, importBytes, traceBytes } of peaks) {
        console.log(
          `${records} records: import ${mebibytes(importBytes)}, trace --out ${mebibytes(traceBytes)}`,
        );
      }
      console.log(
        `ten times the records: import ${ratios.import.toFixed(2)} times the memory, ` +
          `trace --out ${ratios.trace.toFixed(2)} times (aim: at most ${aim})`,
      );
    }
    if (Math.max(ratios.import, ratios.trace) > aim) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Random jobs of 300 users on 1,024 processors, the same each time. */
async function writeLog(file: string, records: number): Promise<void> {
  let state = 2;
  const below = (limit: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
  const stream = createWriteStream(file);
  stream.write("; MaxProcs: 1024\n");
  let submit = 0;
  for (let job = 1; job <= records; job += 1) {
    submit += below(61);
    const run = 1 + below(4000);
    const size = 2 ** below(6);
    const line =
      `${job} ${submit} ${below(500)} ${run} ${size} -1 -1 -1 ${run * 2} -1 1 ` +
      `${1 + below(300)} 1 1 1 1 -1 -1\n`;
    if (!stream.write(line)) await once(stream, "drain");
  }
  stream.end();
  await finished(stream);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
