import { type Command, Option } from "commander";

interface RunOptions {
  readonly stack?: string;
  readonly handle?: string;
  readonly runs?: string;
  readonly takeOver?: string;
}

export function registerRun(program: Command): void {
  program
    .command("run")
    .description("run a workload on a live cluster and load its measurements")
    .addOption(new Option("-s, --stack <name>", "the stack that is up").conflicts("handle"))
    .option(
      "--handle <file>",
      "instead of the stack's name, its handle as JSON; - reads it from standard input",
    )
    .option(
      "--runs <directory>",
      "where run directories are made (default: runs/ beside the store)",
    )
    .option(
      "--take-over <run>",
      "treat this run's harness as gone: close the run, and take the cluster's lock from it",
    )
    .action(async ({ stack, handle, ...options }: RunOptions, command: Command) => {
      const { runFromHandle, runOnStack } =
        require("./experiment") as typeof import("./experiment");
      if (stack !== undefined) await runOnStack(stack, options);
      else if (handle !== undefined) await runFromHandle(handle, options);
      else command.error("error: say which cluster: --stack NAME, or --handle FILE");
    });
}
