import { type Command, Option } from "commander";
import type { Varied } from "../analysis/conditions";
import { acceptOption } from "./accept-option";
import { percentage } from "./percentage";
import { storeOption } from "./store-option";

interface CheckChoices {
  readonly store: string;
  readonly baseline: string[];
  readonly candidate?: string[];
  readonly maxRegression: number;
  readonly metric?: string[];
  readonly vary: Exclude<Varied, "workload">;
  readonly theseJobs?: boolean;
  readonly accept?: string[];
  readonly allowUnequal?: boolean;
  readonly json?: boolean;
}

/** Different workloads have no job list in common, so a check cannot vary them. */
const variedThings = Object.keys({
  nothing: true,
  policy: true,
  scheduler: true,
  topology: true,
} satisfies Record<CheckChoices["vary"], true>);

const exitCodes = { "no worse": 0, worse: 1, "cannot tell": 3 } as const;

export function registerCheck(program: Command): void {
  program
    .command("check")
    .description(
      "hold runs against a baseline: exit code 0 when they are no worse, 1 when they are worse, 3 when " +
        "these repeats cannot tell",
    )
    .requiredOption("--baseline <name...>", "campaigns, experiments or runs to compare with")
    .option(
      "--candidate <name...>",
      "what is compared with them (default: the newest campaign or experiment that is not of the baseline)",
    )
    .addOption(
      new Option("--max-regression <percent>", "what is still no worse")
        .argParser(percentage)
        .default(0.05, "5%"),
    )
    .option(
      "--metric <name...>",
      "metrics to judge (default: utilisation, jain, makespan, mean_bounded_slowdown)",
    )
    .addOption(
      new Option("--vary <thing>", "what baseline and candidate differ in on purpose")
        .choices(variedThings)
        .default("scheduler"),
    )
    .option("--these-jobs", "judge for the common job lists alone, not for others of the same kind")
    .addOption(storeOption())
    .addOption(acceptOption())
    .option("--allow-unequal", "compare runs made under unequal conditions")
    .option("--json", "one JSON object instead of tables")
    .action(async (choices: CheckChoices) => {
      const { checkRegression } =
        require("../analysis/check/check") as typeof import("../analysis/check/check");
      const { checkJson } = require("./check-json") as typeof import("./check-json");
      const { checkText } = require("./check-text") as typeof import("./check-text");
      const { baseline, maxRegression, json } = choices;
      const result = await checkRegression({
        store: choices.store,
        baseline,
        candidate: choices.candidate,
        metrics: choices.metric,
        varied: choices.vary,
        allowUnequal: choices.allowUnequal === true,
        accepted: choices.accept ?? [],
        maxRegression,
        theseJobs: choices.theseJobs === true,
      });
      const asked = { baseline, maxRegression };
      console.log(
        json ? JSON.stringify(checkJson(result, asked), null, 2) : checkText(result, asked),
      );
      process.exitCode = exitCodes[result.outcome];
    });
}
