import { type Command, Option } from "commander";
import type { Resample } from "../spec/resample";
import { wholeNumber } from "./whole-number";

/** The options of the commands that can draw the jobs of a log or model anew. */
export interface ResampleOptions {
  readonly resample?: number;
  readonly resampleMethod?: Resample["method"];
  readonly resamplePeriod?: string;
  readonly shakeArrivals?: string;
  readonly shakeRuns?: string;
}

const methods = Object.keys({ users: true, shake: true } satisfies Record<
  Resample["method"],
  true
>);

export function addResample(command: Command): Command {
  return command
    .option("--resample <number>", "draw the jobs anew; 0 is the jobs as they are", wholeNumber(0))
    .addOption(
      new Option(
        "--resample-method <name>",
        "whole users at other times, or small changes of the times (default: users)",
      ).choices(methods),
    )
    .option("--resample-period <seconds>", "users: move by multiples of it (default: a week)")
    .option("--shake-arrivals <gaps>", "shake: change submit times by up to so many mean gaps")
    .option("--shake-runs <share>", "shake: change run times by up to this share");
}

/** The keys of a workload's `resample` that the options set. */
const keys = {
  number: "--resample",
  method: "--resample-method",
  period: "--resample-period",
  arrivals: "--shake-arrivals",
  runs: "--shake-runs",
} as const;

/** The resample that the options ask for, checked as in a stack's configuration. */
export function resampleOf(options: ResampleOptions, command: Command): Resample | undefined {
  const given = {
    number: options.resample,
    method: options.resampleMethod,
    period: options.resamplePeriod,
    arrivals: options.shakeArrivals,
    runs: options.shakeRuns,
  };
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  if (set.length === 0) return undefined;
  if (options.resample === undefined) {
    command.error("error: which resample? Give its number with --resample");
  }
  const { resampleSchema } = require("../spec/resample") as typeof import("../spec/resample");
  const parsed = resampleSchema.safeParse(Object.fromEntries(set));
  if (parsed.success) return parsed.data;
  const optionOf = (key: PropertyKey | undefined) => keys[key as keyof typeof keys] ?? String(key);
  const said = parsed.error.issues.map((issue) =>
    issue.code === "unrecognized_keys"
      ? `${issue.keys.map(optionOf).join(", ")}: not with the method ${given.method ?? "users"}`
      : `option '${optionOf(issue.path[0])}': ${issue.message}`,
  );
  return command.error(`error: ${said.join("; ")}`);
}
