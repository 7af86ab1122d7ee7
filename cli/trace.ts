import Table from "cli-table3";
import { type Command, InvalidArgumentError } from "commander";
import type { Resample } from "../spec/resample";
import type { SwfReading } from "../workloads/swf/read";
import type { Transform } from "../workloads/swf/transform";
import { addResample, type ResampleOptions, resampleOf } from "./resample-option";
import { wholeNumber } from "./whole-number";

interface TraceOptions extends ResampleOptions {
  readonly strict?: boolean;
  readonly json?: boolean;
  readonly out?: string;
  readonly first?: number;
  readonly from?: number;
  readonly until?: number;
  readonly scaleTime?: number;
  readonly scaleLoad?: number;
  readonly procs?: number;
  readonly users?: number;
}

/** Options that only make sense for the log that --out writes. */
const transforms = [
  ...(["first", "from", "until", "scaleTime", "scaleLoad", "procs", "users"] as const),
  ...(["resample", "resampleMethod", "resamplePeriod", "shakeArrivals", "shakeRuns"] as const),
];

export function registerTrace(program: Command): void {
  const trace = program
    .command("trace")
    .description("read a log, say what it holds and what is odd in it; cut, scale and resample it")
    .argument("<file>", "a log in the Standard Workload Format, also gzipped; - for standard input")
    .option("--strict", "refuse what the standard forbids, with line and field")
    .option("--json", "one JSON object instead of a table")
    .option(
      "--out <file>",
      "write the log, cut and scaled by the options below; - for standard output",
    )
    .option("--from <seconds>", "keep jobs submitted from then on", wholeNumber(0))
    .option("--until <seconds>", "keep jobs submitted before then", wholeNumber(1))
    .option("--first <count>", "keep the first jobs", wholeNumber(1))
    .option("--scale-time <factor>", "multiply all times", factor)
    .option("--scale-load <factor>", "multiply the load; recorded waits become unknown", factor)
    .option(
      "--procs <count>",
      "scale the sizes to such a machine; recorded waits become unknown",
      wholeNumber(1, 2 ** 31 - 1),
    )
    .option("--users <count>", "users 1 to this many, in turns", wholeNumber(1));
  addResample(trace).action(async (file: string, options: TraceOptions, command: Command) => {
    const given = transforms.find((name) => options[name] !== undefined);
    if (given !== undefined && options.out === undefined) {
      const flag = command.options.find((option) => option.attributeName() === given)?.long;
      command.error(`error: ${flag} needs --out`);
    }
    const resample = resampleOf(options, command);
    const { SwfReading } =
      require("../workloads/swf/read") as typeof import("../workloads/swf/read");
    const { isStandardOutput } = require("./file-out") as typeof import("./file-out");
    const reading = new SwfReading(file, options.strict ? "strict" : "tolerant");
    const written =
      options.out === undefined ? null : await write(reading, options.out, options, resample);
    if (options.out === undefined) for await (const _ of reading.numbers());
    const summary = { ...summarise(reading), ...written };
    const said = options.json ? JSON.stringify(summary, null, 2) : await table(summary);
    if (options.out !== undefined && isStandardOutput(options.out)) console.error(said);
    else console.log(said);
  });
}

function factor(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0) || !Number.isFinite(value)) {
    throw new InvalidArgumentError("Expected a factor above 0.");
  }
  return value;
}

function write(
  reading: SwfReading,
  out: string,
  { first, from, until, procs, users, scaleTime, scaleLoad }: TraceOptions,
  resample: Resample | undefined,
): Promise<{ written: number }> {
  const { writeTransformed } = require("./transformed") as typeof import("./transformed");
  const transform: Transform = {
    ...{ first, from, until, procs, users },
    time: scaleTime,
    load: scaleLoad,
  };
  return writeTransformed(reading, out, transform, resample);
}

interface Summary {
  readonly header: Readonly<Record<string, string | readonly string[]>>;
  readonly records: number;
  readonly jobs: number;
  readonly oddities: Readonly<Record<string, number>>;
  readonly max_procs: number | null;
  readonly sha256: string;
  readonly written?: number;
}

function summarise(reading: SwfReading): Summary {
  const { maxProcs } =
    require("../workloads/swf/header") as typeof import("../workloads/swf/header");
  return {
    header: Object.fromEntries(
      [...reading.header].map(([label, values]) => [
        label === "" ? "(comments)" : label,
        values.length === 1 ? (values[0] ?? "") : values,
      ]),
    ),
    records: reading.records,
    jobs: reading.jobs,
    oddities: Object.fromEntries(reading.oddities),
    max_procs: maxProcs(reading.header),
    sha256: reading.hash,
  };
}

async function table({
  header,
  records,
  jobs,
  oddities,
  max_procs: procs,
  sha256,
  written,
}: Summary): Promise<string> {
  const rows = new Table({ style: { head: [], border: [] }, wordWrap: true, colWidths: [34, 62] });
  rows.push(["records", records], ["jobs", jobs], ["processors", procs ?? "unknown"]);
  rows.push(["sha256", sha256]);
  for (const [name, count] of Object.entries(oddities)) rows.push([`odd: ${name}`, count]);
  for (const [key, value] of Object.entries(header)) {
    rows.push([`header: ${key}`, Array.isArray(value) ? value.join("\n") : String(value)]);
  }
  if (written !== undefined) rows.push(["records written", written]);
  return rows.toString();
}
