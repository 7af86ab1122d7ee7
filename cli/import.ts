import type { Command } from "commander";
import { addLogOptions, type LogOptions, logArgument, strictness } from "./log-options";
import { storeOption } from "./store-option";
import { wholeNumber } from "./whole-number";

interface ImportOptions extends LogOptions {
  readonly name: string;
  readonly procs?: number;
  readonly strict?: boolean;
  readonly store: string;
  readonly json?: boolean;
}

export function registerImport(program: Command): void {
  const command = program
    .command("import")
    .description("bring a recorded log into the store as a run; importing it twice changes nothing")
    .argument("<file>", logArgument)
    .requiredOption("--name <name>", "what the run's experiment is called")
    .option(
      "--procs <count>",
      "processors (default: the header's MaxProcs, else MaxNodes)",
      wholeNumber(1, 2 ** 31 - 1),
    )
    .option("--strict", "refuse what the standard forbids")
    .addOption(storeOption())
    .option("--json", "one JSON object instead of a line");
  addLogOptions(command).action(async (file: string, options: ImportOptions) => {
    const { importLog } = require("../store/import") as typeof import("../store/import");
    const { reportTo } = require("./progress") as typeof import("./progress");
    const { auditLoaded } = require("./audited") as typeof import("./audited");
    const { simulateLoaded } = require("./simulated") as typeof import("./simulated");
    const { name, procs, strict, store, json, format, timezone: zone } = options;
    const report = reportTo();
    const reading = strictness(strict);
    const result = await importLog(file, store, { name, procs, ...reading, format, zone, report });
    await auditLoaded(store, result.runId, report);
    await simulateLoaded(store, result.runId, report);
    const oddities = Object.fromEntries(result.oddities);
    console.log(
      json
        ? JSON.stringify({ ...result, oddities }, null, 2)
        : [
            `${result.runId}: ${counted(result)} ${result.outcome}`,
            `read as ${result.why}`,
            ...[...result.oddities].map(([odd, count]) => `${count} × ${odd}`),
          ].join("\n"),
    );
  });
}

/** A job that was preempted may have several records. */
function counted({ records, jobs }: { readonly records: number; readonly jobs: number }): string {
  return records === jobs ? `${records} records` : `${records} records of ${jobs} jobs`;
}
