import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { type Command, Option } from "commander";
import { seconds } from "./seconds";
import { storeOption } from "./store-option";

interface QueryOptions {
  readonly store: string;
  readonly tau?: number;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly parquet?: string;
}

export function registerQuery(program: Command): void {
  program
    .command("query")
    .description("run one SQL query on the store, read-only")
    .argument("<sql>", "DuckDB SQL; - reads it from standard input")
    .addOption(storeOption())
    .option("--tau <seconds>", "least run time in the views' bounded slowdown", seconds)
    .option("--json", "one JSON object instead of a table")
    .addOption(
      new Option("--csv", "comma-separated values instead of a table").conflicts([
        "json",
        "parquet",
      ]),
    )
    .addOption(
      new Option("--parquet <file>", "write a Parquet file; - is standard output").conflicts(
        "json",
      ),
    )
    .action(async (sql: string, options: QueryOptions, command: Command) => {
      const query = sql === "-" ? await text(process.stdin) : sql;
      if (options.parquet !== undefined) await parquet(query, options.parquet, options, command);
      else if (options.csv) await csv(query, options);
      else await rows(query, options);
    });
}

async function rows(sql: string, { store, tau, json }: QueryOptions): Promise<void> {
  const { query, queryTable } = require("../analysis/query") as typeof import("../analysis/query");
  const found = await query(store, sql, { tau });
  console.log(json ? JSON.stringify({ rows: found }, null, 2) : queryTable(found));
}

async function csv(sql: string, { store, tau }: QueryOptions): Promise<void> {
  const { queryCsv } = require("../analysis/query-out") as typeof import("../analysis/query-out");
  const { writeText } = require("./lines-out") as typeof import("./lines-out");
  await queryCsv(store, sql, { tau }, (lines) => writeText(process.stdout, lines));
}

/** Parquet ends with what its beginning leads to, so that it is made as a file first. */
async function parquet(
  sql: string,
  out: string,
  { store, tau }: QueryOptions,
  command: Command,
): Promise<void> {
  const { queryParquet } =
    require("../analysis/query-out") as typeof import("../analysis/query-out");
  const { writeText } = require("./lines-out") as typeof import("./lines-out");
  const { isStandardOutput, writeOut } = require("./file-out") as typeof import("./file-out");
  if (isStandardOutput(out) && process.stdout.isTTY) {
    command.error(
      "error: a terminal cannot show Parquet: name a file, or redirect standard output",
    );
  }
  const folder = await mkdtemp(path.join(tmpdir(), "schedlab-query-"));
  try {
    const draft = path.join(folder, "result.parquet");
    await queryParquet(store, sql, draft, { tau });
    await writeOut(out, (stream) => writeText(stream, createReadStream(draft)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
