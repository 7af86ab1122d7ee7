import type { Command } from "commander";

export function registerRun(program: Command): void {
  program
    .command("run")
    .description("run a workload on a live cluster and load its measurements")
    .requiredOption("--handle <file>", "the stack's handle as JSON; - reads it from standard input")
    .option(
      "--runs <directory>",
      "where run directories are made (default: runs/ beside the store)",
    )
    .action(async ({ handle, runs }: { handle: string; runs?: string }) => {
      const { runFromHandle } = require("./experiment") as typeof import("./experiment");
      await runFromHandle(handle, runs);
    });
}
