import { type Command, InvalidArgumentError, Option } from "commander";
import { acceptOption } from "./accept-option";
import { percentage } from "./percentage";
import type { WhatIfChoices } from "./whatif-choices";
import { wholeNumber } from "./whole-number";

export function registerWhatIf(program: Command): void {
  program
    .command("whatif")
    .description(
      "change one thing of a configuration and say what it does to the waits of whom; exit code 0 when " +
        "nobody is worse off, 1 when somebody is, 3 when these runs cannot tell. The same command goes on",
    )
    .requiredOption("--stack <name>", "the configuration as it is: a stack, or its file")
    .option("--trace <file>", "the log to replay, in place of the stack's workload")
    .option(
      "--set <name=value>",
      "what is changed: schedlab:KEY=VALUE, or a parameter",
      collected,
      [],
    )
    .option("--config <file>", "the site's own configuration file of the scheduler, as it is")
    .option("--with <file>", "the same file as it would be, or a second stack file (.yaml)")
    .option(
      "--resamples <number>",
      "draws of the jobs; 0 is the jobs as they are",
      wholeNumber(0, 10_000),
      5,
    )
    .option(
      "--repeats <number>",
      "runs of each (default: 1, or 3 of fewer than two draws)",
      wholeNumber(1, 100),
    )
    .option("--metric <name...>", "what is compared", ["mean_wait"])
    .option("--by <scope...>", "only for these beside all jobs: size, user, partition, …")
    .option("--sizes <cores>", "cores between sizes of jobs, such as 8,32 (default: median)", sizes)
    .addOption(
      new Option("--margin <percent>", "a change up to it is none")
        .argParser(percentage)
        .default(0.05, "5%"),
    )
    .option("--name <name>", "of the campaign of runs, in place of one by what is compared")
    .option("--store <file>", "DuckDB file, in place of the stack's own")
    .option("--clusters <number>", "clusters up at once", wholeNumber(1, 64))
    .option("--keep", "leave the clusters up at the end")
    .option("--from-store", "answer from runs that are there, and run nothing")
    .option("--dry-run", "show what would run, and how long it would take")
    .addOption(acceptOption())
    .option("--allow-unequal", "compare runs made under unequal conditions")
    .option("--report <path>", "also write the campaign's report: a directory, or an .html file")
    .option("--json", "one JSON object instead of sentences and a table")
    .action(async (choices: WhatIfChoices) => {
      const { answerWhatIf } = require("./whatif-run") as typeof import("./whatif-run");
      await answerWhatIf(choices);
    });
}

function collected(one: string, others: readonly string[]): string[] {
  return [...others, one];
}

/** `8,32`: ascending numbers of cores. */
function sizes(text: string): number[] {
  const limits = text.split(",").map(Number);
  const wrong = limits.some(
    (limit, index) => !Number.isInteger(limit) || limit < 1 || limit <= (limits[index - 1] ?? 0),
  );
  if (wrong) {
    throw new InvalidArgumentError("Expected ascending numbers of cores, such as 8,32.");
  }
  return limits;
}
