import { rename, rm } from "node:fs/promises";
import Table from "cli-table3";
import { type Command, InvalidArgumentError } from "commander";
import type { Transform } from "../experiments/workloads/swf/transform";
import { wholeNumber } from "./whole-number";

interface TraceOptions {
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
const transforms = ["first", "from", "until", "scaleTime", "scaleLoad", "procs", "users"] as const;

export function registerTrace(program: Command): void {
  program
    .command("trace")
    .description("read a log, say what it holds and what is odd in it; cut and scale it")
    .argument("<file>", "a log in the Standard Workload Format, also gzipped")
    .option("--strict", "refuse what the standard forbids, with line and field")
    .option("--json", "one JSON object instead of a table")
    .option("--out <file>", "write the log, cut and scaled by the options below, to a file")
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
    .option("--users <count>", "users 1 to this many, in turns", wholeNumber(1))
    .action(async (file: string, options: TraceOptions, command: Command) => {
      const given = transforms.find((name) => options[name] !== undefined);
      if (given !== undefined && options.out === undefined) {
        const flag = command.options.find((option) => option.attributeName() === given)?.long;
        command.error(`error: ${flag} needs --out`);
      }
      const written = options.out === undefined ? null : await write(file, options.out, options);
      const summary = { ...(await summarise(file, options.strict ?? false)), ...written };
      console.log(options.json ? JSON.stringify(summary, null, 2) : await table(summary));
    });
}

function factor(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0) || !Number.isFinite(value)) {
    throw new InvalidArgumentError("Expected a factor above 0.");
  }
  return value;
}

interface Summary {
  readonly header: Readonly<Record<string, string | readonly string[]>>;
  readonly records: number;
  readonly oddities: Readonly<Record<string, number>>;
  readonly max_procs: number | null;
  readonly sha256: string;
  readonly written?: number;
}

/** Keeps nothing of the log but what it prints. */
async function summarise(file: string, strict: boolean): Promise<Summary> {
  const { SwfReading } =
    require("../experiments/workloads/swf/read") as typeof import("../experiments/workloads/swf/read");
  const { maxProcs } =
    require("../experiments/workloads/swf/record") as typeof import("../experiments/workloads/swf/record");
  const reading = new SwfReading(file, strict ? "strict" : "tolerant");
  for await (const _ of reading.numbers());
  return {
    header: Object.fromEntries(
      [...reading.header].map(([key, values]) => [
        key,
        values.length === 1 ? (values[0] ?? "") : values,
      ]),
    ),
    records: reading.records,
    oddities: Object.fromEntries(reading.oddities),
    max_procs: maxProcs(reading.header),
    sha256: reading.hash,
  };
}

/** The log, transformed, in a file that appears whole. */
async function write(
  file: string,
  out: string,
  options: TraceOptions,
): Promise<{ written: number }> {
  const { createWriteStream } = require("node:fs") as typeof import("node:fs");
  const { finished } = require("node:stream/promises") as typeof import("node:stream/promises");
  const { readSwf } =
    require("../experiments/workloads/swf/read") as typeof import("../experiments/workloads/swf/read");
  const { swfLines } =
    require("../experiments/workloads/swf/write") as typeof import("../experiments/workloads/swf/write");
  const { transformLog } =
    require("../experiments/workloads/swf/transform") as typeof import("../experiments/workloads/swf/transform");
  const { Failure } = require("../host/failure") as typeof import("../host/failure");
  const { writeLines } = require("./lines-out") as typeof import("./lines-out");

  const { reading, records } = await readSwf(file, options.strict ? "strict" : "tolerant");
  const { first, from, until, procs, users } = options;
  const transform: Transform = {
    ...{ first, from, until, procs, users },
    time: options.scaleTime,
    load: options.scaleLoad,
  };
  const log = transformation(() => transformLog({ header: reading.header, records }, transform));
  if (log.records.length === 0) throw new Failure(`${file}: no job is left; nothing was written`);
  const draft = `${out}.${process.pid}.tmp`;
  try {
    const stream = createWriteStream(draft);
    await writeLines(stream, swfLines(log.header, log.records));
    stream.end();
    await finished(stream);
    await rename(draft, out);
  } finally {
    await rm(draft, { force: true });
  }
  return { written: log.records.length };

  function transformation<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new Failure(`${file}: ${error.message}`, { cause: error });
    }
  }
}

async function table({
  header,
  records,
  oddities,
  max_procs: procs,
  sha256,
  written,
}: Summary): Promise<string> {
  const rows = new Table({ style: { head: [], border: [] }, wordWrap: true, colWidths: [34, 62] });
  rows.push(["records", records], ["processors", procs ?? "unknown"], ["sha256", sha256]);
  for (const [name, count] of Object.entries(oddities)) rows.push([`odd: ${name}`, count]);
  for (const [key, value] of Object.entries(header)) {
    rows.push([`header: ${key}`, Array.isArray(value) ? value.join("\n") : String(value)]);
  }
  if (written !== undefined) rows.push(["records written", written]);
  return rows.toString();
}
