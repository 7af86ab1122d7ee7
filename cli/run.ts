import type { Command } from "commander";

interface RunOptions {
  readonly handle: string;
  readonly runs?: string;
  readonly takeOver?: string;
}

export function registerRun(program: Command): void {
  program
    .command("run")
    .description("run a workload on a live cluster and load its measurements")
    .requiredOption("--handle <file>", "the stack's handle as JSON; - reads it from standard input")
    .option(
      "--runs <directory>",
      "where run directories are made (default: runs/ beside the store)",
    )
    .option(
      "--take-over <run>",
      "treat this run's harness as gone: close the run, and take the cluster's lock from it",
    )
    .action(async ({ handle, ...options }: RunOptions) => {
      const { runFromHandle } = require("./experiment") as typeof import("./experiment");
      await runFromHandle(handle, options);
    });
}
