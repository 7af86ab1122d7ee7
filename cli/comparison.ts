import { type Command, Option } from "commander";
import type { Varied } from "../analysis/conditions";
import { acceptOption } from "./accept-option";

/** The options of the commands that compare runs. */
export interface ComparisonChoices {
  readonly experiment?: string[];
  readonly runs?: string[];
  readonly vary: Varied;
  readonly allowUnequal?: boolean;
  readonly accept?: string[];
}

/** The choices of --vary, without the time that loading the analysis takes. */
const variedThings = Object.keys({
  nothing: true,
  policy: true,
  scheduler: true,
  workload: true,
  topology: true,
} satisfies Record<Varied, true>);

/** Adds the options; `compared` are the things that are compared, and `unequal` explains --allow-unequal. */
export function addComparison(command: Command, compared: string, unequal: string): Command {
  return command
    .option("--experiment <name...>", "only runs of these experiments")
    .option("--runs <id...>", "only these runs")
    .addOption(
      new Option("--vary <thing>", `what the ${compared} differ in on purpose`)
        .choices(variedThings)
        .default("scheduler"),
    )
    .addOption(acceptOption())
    .option("--allow-unequal", unequal);
}

/** The same options, as the analysis takes them. */
export function comparisonOf(choices: ComparisonChoices) {
  const { experiment, runs, vary, allowUnequal, accept = [] } = choices;
  return {
    ...(experiment === undefined ? {} : { experiments: experiment }),
    ...(runs === undefined ? {} : { runs }),
    varied: vary,
    allowUnequal: allowUnequal === true,
    accepted: accept,
  };
}
