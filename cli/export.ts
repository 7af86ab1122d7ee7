import { type Command, Option } from "commander";
import type { ExportFormat } from "../analysis/export";
import { storeOption } from "./store-option";

const formats: readonly ExportFormat[] = ["parquet", "csv", "json"];

interface ExportOptions {
  readonly out: string;
  readonly format: ExportFormat;
  readonly views?: boolean;
  readonly store: string;
  readonly json?: boolean;
}

export function registerExport(program: Command): void {
  program
    .command("export")
    .description("write every table of the store to a file of its own")
    .requiredOption("--out <directory>", "where to write; files of these names are replaced")
    .addOption(
      new Option("--format <name>", "which format").choices([...formats]).default("parquet"),
    )
    .option("--views", "the views as well")
    .addOption(storeOption())
    .option("--json", "one JSON object instead of a table")
    .action(async ({ out, format, views, store, json }: ExportOptions) => {
      const { exportStore } = require("../analysis/export") as typeof import("../analysis/export");
      const { queryTable } = require("../analysis/query") as typeof import("../analysis/query");
      const { reportTo } = require("./progress") as typeof import("./progress");
      const files = await exportStore(store, out, { format, views, report: reportTo() });
      console.log(
        json
          ? JSON.stringify({ files }, null, 2)
          : queryTable(files.map(({ table, file, rows }) => ({ table, file, rows }))),
      );
    });
}
