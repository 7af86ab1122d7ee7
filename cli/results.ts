import type { Command } from "commander";
import { storeOption } from "./store-option";

export function registerResults(program: Command): void {
  program
    .command("results")
    .description("print the runs of the store with their metrics")
    .addOption(storeOption())
    .option("--json", "one JSON object instead of a table")
    .action(async ({ store, json }: { store: string; json?: boolean }) => {
      const { comparableRuns, readResults, resultsTable } =
        require("../analysis/results") as typeof import("../analysis/results");
      const rows = await readResults(store);
      const groups = await comparableRuns(store);
      console.log(
        json
          ? JSON.stringify({ runs: rows, conditions: groups }, null, 2)
          : resultsTable(rows, groups),
      );
    });
}
