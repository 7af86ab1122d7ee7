import type { Command } from "commander";
import { seconds } from "./seconds";
import { storeOption } from "./store-option";

interface QueryOptions {
  readonly store: string;
  readonly tau?: number;
  readonly json?: boolean;
}

export function registerQuery(program: Command): void {
  program
    .command("query")
    .description("run one SQL query on the store, read-only")
    .argument("<sql>", "DuckDB SQL")
    .addOption(storeOption())
    .option("--tau <seconds>", "least run time in the views' bounded slowdown", seconds)
    .option("--json", "one JSON object instead of a table")
    .action(async (sql: string, { store, tau, json }: QueryOptions) => {
      const { query, queryTable } =
        require("../analysis/query") as typeof import("../analysis/query");
      const rows = await query(store, sql, { tau });
      console.log(json ? JSON.stringify({ rows }, null, 2) : queryTable(rows));
    });
}
