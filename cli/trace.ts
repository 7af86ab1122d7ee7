import Table from "cli-table3";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Resample } from "../spec/resample";
import type { OpenedLog } from "../workloads/logs/open";
import type { Transform } from "../workloads/swf/transform";
import { type AnonymiseOptions, addAnonymise, anonymiseOf } from "./anonymise-options";
import {
  addLogOptions,
  type LogOptions,
  logArgument,
  openOptions,
  strictness,
} from "./log-options";
import { addResample, type ResampleOptions, resampleOf } from "./resample-option";
import { wholeNumber } from "./whole-number";

interface TraceOptions extends ResampleOptions, LogOptions, AnonymiseOptions {
  readonly strict?: boolean;
  readonly json?: boolean;
  readonly out?: string;
  readonly to: "swf" | "parquet" | "csv";
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
    .argument("<file>", logArgument)
    .option("--strict", "refuse what the format forbids, with line and field")
    .option("--json", "one JSON object instead of a table")
    .option(
      "--out <file>",
      "write the log, cut and scaled by the options below; - for standard output",
    )
    .addOption(
      new Option(
        "--to <format>",
        "format of --out: the Standard Workload Format, or Parquet or CSV with all that the log says",
      )
        .choices(["swf", "parquet", "csv"])
        .default("swf"),
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
  addLogOptions(addAnonymise(addResample(trace))).action(
    async (file: string, options: TraceOptions, command: Command) => {
      const { isStandardOutput } = require("./file-out") as typeof import("./file-out");
      const given = transforms.find((name) => options[name] !== undefined);
      if (given !== undefined && options.out === undefined) {
        const flag = command.options.find((option) => option.attributeName() === given)?.long;
        command.error(`error: ${flag} needs --out`);
      }
      if (options.to !== "swf" && (given !== undefined || options.out === undefined)) {
        command.error(`error: --to ${options.to} needs --out and writes the whole log as it is`);
      }
      if (options.to !== "swf" && options.out !== undefined && isStandardOutput(options.out)) {
        command.error(`error: --to ${options.to} needs --out FILE, not standard output`);
      }
      const anonymous = anonymiseOf(options, options.out, command);
      const resample = resampleOf(options, command);
      const { openLog } =
        require("../workloads/logs/open") as typeof import("../workloads/logs/open");
      const summary = await openLog(
        file,
        openOptions(options, strictness(options.strict)),
        async (opened) => {
          const written = await write(opened, options, resample, anonymous);
          return { ...summarise(opened), ...written };
        },
      );
      const said = options.json ? JSON.stringify(summary, null, 2) : await table(summary);
      if (options.out !== undefined && isStandardOutput(options.out)) console.error(said);
      else console.log(said);
    },
  );
}

function factor(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0) || !Number.isFinite(value)) {
    throw new InvalidArgumentError("Expected a factor above 0.");
  }
  return value;
}

/** Reads the log to its end, and writes what --out asks for. */
async function write(
  opened: OpenedLog,
  options: TraceOptions,
  resample: Resample | undefined,
  anonymous: ReturnType<typeof anonymiseOf>,
): Promise<Written> {
  const { out, to, first, from, until, procs, users, scaleTime, scaleLoad } = options;
  const { log } = opened;
  if (out === undefined) {
    if (opened.swf === null) await opened.log.read();
    else for await (const _ of opened.swf.numbers());
    return {};
  }
  const transform: Transform = {
    ...{ first, from, until, procs, users },
    time: scaleTime,
    load: scaleLoad,
  };
  if (anonymous !== undefined) {
    const { writeAnonymised } = require("./anonymised") as typeof import("./anonymised");
    return writeAnonymised(opened, { ...anonymous, out, format: to, transform, resample });
  }
  if (to !== "swf") {
    const { writeCsv, writeParquet } =
      require("../workloads/logs/parquet") as typeof import("../workloads/logs/parquet");
    const { writeFileOut } = require("./file-out") as typeof import("./file-out");
    const write = to === "csv" ? writeCsv : writeParquet;
    return writeFileOut(out, (file) => write(opened, file));
  }
  const { writeTransformed } = require("./transformed") as typeof import("./transformed");
  const written = await writeTransformed(log, out, transform, resample);
  return opened.swf === null ? { ...written, lost: opened.log.lost } : written;
}

interface Written {
  readonly written?: number;
  /** What the written log cannot hold. */
  readonly lost?: readonly string[];
  readonly aliases?: Readonly<Record<string, number>>;
  readonly key?: "made" | "used";
}

interface Summary extends Written {
  /** Which format the log has, and by what. */
  readonly format: string;
  readonly header: Readonly<Record<string, string | readonly string[]>>;
  readonly records: number;
  readonly jobs: number;
  readonly oddities: Readonly<Record<string, number>>;
  readonly max_procs: number | null;
  readonly sha256: string;
}

function summarise({ log: reading, why }: OpenedLog): Summary {
  const { maxProcs } =
    require("../workloads/swf/header") as typeof import("../workloads/swf/header");
  return {
    format: why,
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
  format,
  header,
  records,
  jobs,
  oddities,
  max_procs: procs,
  sha256,
  written,
  lost = [],
  aliases = {},
  key,
}: Summary): Promise<string> {
  const rows = new Table({ style: { head: [], border: [] }, wordWrap: true, colWidths: [34, 62] });
  rows.push(["read as", format]);
  rows.push(["records", records], ["jobs", jobs], ["processors", procs ?? "unknown"]);
  rows.push(["sha256", sha256]);
  for (const [name, count] of Object.entries(oddities)) rows.push([`odd: ${name}`, count]);
  for (const [key, value] of Object.entries(header)) {
    rows.push([`header: ${key}`, Array.isArray(value) ? value.join("\n") : String(value)]);
  }
  if (written !== undefined) rows.push(["records written", written]);
  for (const [kind, names] of Object.entries(aliases)) rows.push([`aliases: ${kind}`, names]);
  if (key === "made") rows.push(["key", "made now: keep it, and give it to nobody"]);
  for (const each of lost) rows.push(["lost in what is written", each]);
  return rows.toString();
}
