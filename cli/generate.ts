import { type Command, InvalidArgumentError, Option } from "commander";
import type { Resample } from "../spec/resample";
import type { ModelWorkload } from "../workloads/models/job";
import { writeOut } from "./file-out";
import { writeLines } from "./lines-out";
import { addResample, type ResampleOptions, resampleOf } from "./resample-option";
import { wholeNumber } from "./whole-number";

const models = ["poisson", "lublin-batch", "lublin-interactive", "lublin"] as const;
type Model = (typeof models)[number];

interface GenerateOptions extends ResampleOptions {
  readonly model: Model;
  readonly jobs: number;
  readonly procs: number;
  readonly seed: number;
  readonly users: number;
  readonly sizeHigh?: number;
  readonly sizes?: string;
  readonly runs?: string;
  readonly load?: number;
  readonly gap?: number;
  readonly out: string;
}

export function registerGenerate(program: Command): void {
  const generate = program
    .command("generate")
    .description("write a seeded workload of a model as a log (SWF 2.2)")
    .addOption(new Option("--model <name>", "which model").choices(models).makeOptionMandatory())
    .requiredOption("--jobs <count>", "jobs", wholeNumber(1, 10_000_000))
    .requiredOption("--procs <count>", "processors of the machine", wholeNumber(1, 10_000_000))
    .requiredOption(
      "--seed <number>",
      "the same seed gives the same log",
      wholeNumber(0, 0xffffffff),
    )
    .option(
      "--users <count>",
      "users, of which few submit most of the jobs",
      wholeNumber(1, 100_000),
      32,
    )
    .option("--size-high <log2>", "Lublin: log2 of the largest size drawn", positive)
    .option("--sizes <distribution>", "Poisson: processors (default: powers of two)")
    .option("--runs <distribution>", "Poisson: seconds (default: exponential:3600)")
    .addOption(
      new Option("--load <share>", "Poisson: offered load (default: 0.7)")
        .argParser(positive)
        .conflicts("gap"),
    )
    .option("--gap <seconds>", "Poisson: mean time between submissions", positive)
    .option("--out <file>", "where to write it; - for standard output", "-");
  addResample(generate).action(async (options: GenerateOptions, command: Command) => {
    refuseForeign(options, command);
    const resample = resampleOf(options, command);
    const { modelLog } =
      require("../workloads/models/log") as typeof import("../workloads/models/log");
    const { swfLines } =
      require("../workloads/swf/write") as typeof import("../workloads/swf/write");
    const model = modelLog(await generators[options.model](options, command), options.procs);
    const { header, records } = resample === undefined ? model : drawnAnew(model, resample);
    await writeOut(options.out, (stream) => writeLines(stream, swfLines(header, records)));
  });
}

/** As many jobs as the model has. */
function drawnAnew(
  { header, records }: ReturnType<typeof import("../workloads/models/log").modelLog>,
  resample: Resample,
) {
  const { resampledHeader, resampledRecords } =
    require("../workloads/resample/log") as typeof import("../workloads/resample/log");
  const all = [...records];
  return {
    header: resampledHeader(header, resample, all.length),
    records: resampledRecords(all, resample, all.length).slice(0, all.length),
  };
}

const generators: Readonly<
  Record<Model, (options: GenerateOptions, command: Command) => Promise<ModelWorkload>>
> = {
  poisson: async (options, command) => {
    const { poissonJobs, powersOfTwo } =
      require("../workloads/models/poisson") as typeof import("../workloads/models/poisson");
    const { sizes, runs = "exponential:3600", gap, load = 0.7 } = options;
    return poissonJobs({
      ...options,
      sizes:
        sizes === undefined ? powersOfTwo(options.procs) : await parse("sizes", sizes, command),
      runs: await parse("runs", runs, command),
      arrivals: gap === undefined ? { load } : { meanGap: gap },
    });
  },
  "lublin-batch": (options) => lublin("batch", options),
  "lublin-interactive": (options) => lublin("interactive", options),
  lublin: (options) => lublin("typeless", options),
};

async function lublin(type: "batch" | "interactive" | "typeless", options: GenerateOptions) {
  const { lublinJobs } =
    require("../workloads/models/lublin") as typeof import("../workloads/models/lublin");
  return lublinJobs({ ...options, type });
}

/** Otherwise an option of another model would be ignored silently. */
function refuseForeign(options: GenerateOptions, command: Command): void {
  const foreign =
    options.model === "poisson"
      ? (["sizeHigh"] as const)
      : (["sizes", "runs", "load", "gap"] as const);
  const given = foreign.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  const flag = command.options.find((option) => option.attributeName() === given)?.long;
  command.error(`error: ${flag} does not belong to the model ${options.model}`);
}

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0) || !Number.isFinite(value)) {
    throw new InvalidArgumentError("Expected a number above 0.");
  }
  return value;
}

async function parse(option: string, text: string, command: Command) {
  const { parseDistribution } =
    require("../workloads/models/distribution") as typeof import("../workloads/models/distribution");
  try {
    return parseDistribution(text);
  } catch (error) {
    return command.error(`error: option '--${option}': ${(error as Error).message}`);
  }
}
