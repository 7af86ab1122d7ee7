import type { Command } from "commander";
import type { OpenOptions } from "../workloads/logs/open";

/** The options of the commands that read a log. */
export interface LogOptions {
  readonly format?: string;
  readonly timezone?: string;
}

export const logArgument =
  "a log in the Standard Workload Format or another one that schedlab knows, also packed; - for standard input";

export function addLogOptions(command: Command): Command {
  return command
    .option(
      "--format <name>",
      "the log's format, or the path of a mapping (default: recognised by the content)",
    )
    .option("--timezone <zone>", "of times without one, such as Europe/Berlin (default: UTC)");
}

/** How the commands read that have `--strict`. */
export function strictness(
  strict: boolean | undefined,
): Pick<OpenOptions, "mode" | "badRowsRemedy"> {
  return strict === true
    ? { mode: "strict", badRowsRemedy: "read it without --strict, which leaves bad rows out" }
    : { mode: "tolerant" };
}

export function openOptions(
  { format, timezone }: LogOptions,
  reading: Pick<OpenOptions, "mode" | "badRowsRemedy">,
): OpenOptions {
  return { ...reading, format, zone: timezone };
}
