import type { Command } from "commander";
import { acceptOption } from "./accept-option";
import { storeOption } from "./store-option";

interface ResultsOptions {
  readonly store: string;
  readonly accept?: string[];
  readonly json?: boolean;
}

export function registerResults(program: Command): void {
  program
    .command("results")
    .description("print the runs of the store with their metrics")
    .addOption(storeOption())
    .addOption(acceptOption())
    .option("--json", "one JSON object instead of a table")
    .action(async ({ store, accept = [], json }: ResultsOptions) => {
      const { comparableRuns, readResults } =
        require("../analysis/results") as typeof import("../analysis/results");
      const { resultsTable } =
        require("../analysis/results-table") as typeof import("../analysis/results-table");
      const rows = await readResults(store);
      const groups = await comparableRuns(store, accept);
      console.log(
        json
          ? JSON.stringify({ runs: rows, conditions: groups }, null, 2)
          : resultsTable(rows, groups),
      );
    });
}
