import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Command } from "commander";
import { query } from "../analysis/query";
import { makeCampaignReport } from "../analysis/report/campaign/report";
import { readRuns } from "../analysis/report/data/read";
import { readStore } from "../store/open";
import { fillStore } from "./campaign-report/store";

/**
 * The report of a campaign over more than 200 runs of 1,000 jobs: 36 tuples with six repeats each. Prints
 * its parts and the whole, as elapsed and as CPU time; aim: less than 20 s on a quiet machine. Making the
 * store takes longer than that and is left out.
 * Usage: npx tsx benchmarks/campaign-report.ts [--store FILE, which is kept]
 */
const limit = 20;
const size = { seeds: 3, repeats: 6, jobs: 1000 };
const campaign = "benchmark";

async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  const [started, used] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(used);
  const elapsed = (performance.now() - started) / 1000;
  console.log(
    `${name.padEnd(36)} ${elapsed.toFixed(2)} s, CPU ${((user + system) / 1e6).toFixed(2)} s`,
  );
  return result;
}

async function main(): Promise<void> {
  const { store: given, out } = new Command("campaign-report")
    .option("--store <file>", "made where it is not there, and kept")
    .option("--out <directory>", "where to keep the pages")
    .parse()
    .opts<{ readonly store?: string; readonly out?: string }>();
  const directory = mkdtempSync(path.join(tmpdir(), "schedlab-campaign-report-"));
  try {
    const store = given ?? path.join(directory, "s.duckdb");
    const filled = await query(store, "SELECT run_id FROM runs").catch(() => []);
    if (filled.length === 0) {
      await timed("(making the store)", () => fillStore(store, campaign, size));
    }
    const runs = await query(store, "SELECT run_id AS id FROM runs ORDER BY tuple_hash");
    console.log(`${runs.length} runs of ${size.jobs} jobs`);
    const ids = runs.map(({ id }) => String(id));
    await timed("reading every run, by itself", () =>
      readStore(store, async (connection) => {
        for (let first = 0; first < ids.length; first += size.repeats) {
          await readRuns(connection, ids.slice(first, first + size.repeats));
        }
      }),
    );
    const make = (pages: boolean, target: string) => () =>
      makeCampaignReport({
        ...{ store, campaign, pages, accepted: [], allowUnequal: false },
        generatedAt: new Date(),
        write: (name, page) => {
          const file = path.join(target, name);
          mkdirSync(path.dirname(file), { recursive: true });
          writeFileSync(file, page);
        },
      });
    await timed("the first page alone", make(false, directory));
    const began = performance.now();
    await timed("the whole, with a page a tuple", make(true, out ?? directory));
    if ((performance.now() - began) / 1000 > limit) process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
