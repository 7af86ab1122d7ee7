import type { Command } from "commander";
import { storeOption } from "./store-option";

export function registerQuery(program: Command): void {
  program
    .command("query")
    .description("run one SQL query on the store, read-only")
    .argument("<sql>", "DuckDB SQL")
    .addOption(storeOption())
    .option("--json", "one JSON object instead of a table")
    .action(async (sql: string, { store, json }: { store: string; json?: boolean }) => {
      const { query, queryTable } =
        require("../analysis/query") as typeof import("../analysis/query");
      const rows = await query(store, sql);
      console.log(json ? JSON.stringify({ rows }, null, 2) : queryTable(rows));
    });
}
