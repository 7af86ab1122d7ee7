import Table from "cli-table3";
import { type Command, Option } from "commander";
import { type Policy, policies } from "../analysis/simulate/policy";
import { Failure } from "../base/failure";
import type { Resample } from "../spec/resample";
import type { OpenedLog } from "../workloads/logs/open";
import { addLogOptions, type LogOptions, logArgument, openOptions } from "./log-options";
import { addResample, type ResampleOptions, resampleOf } from "./resample-option";
import { wholeNumber } from "./whole-number";

interface SimulateOptions extends ResampleOptions, LogOptions {
  readonly policy: Policy;
  readonly procs?: number;
  readonly first?: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function registerSimulate(program: Command): void {
  const command = program
    .command("simulate")
    .description("schedule the jobs of a log exactly, as a baseline: FCFS or backfilling")
    .argument("<file>", logArgument)
    .addOption(
      new Option("--policy <name>", "which policy").choices(policies).makeOptionMandatory(),
    )
    .option(
      "--procs <count>",
      "processors (default: the header's MaxProcs, else MaxNodes)",
      wholeNumber(1),
    )
    .option("--first <count>", "only the first jobs that can be simulated", wholeNumber(1))
    .option("--out <file>", "write each job's start to a CSV file")
    .option("--json", "one JSON object instead of a table");
  addLogOptions(addResample(command)).action(async (file: string, options: SimulateOptions) => {
    const { simulate } =
      require("../analysis/simulate/simulation") as typeof import("../analysis/simulate/simulation");
    const { summarise } =
      require("../analysis/simulate/summary") as typeof import("../analysis/simulate/summary");
    const { makespanBound } =
      require("../analysis/simulate/makespan-bound") as typeof import("../analysis/simulate/makespan-bound");
    const { scheduleCsv } =
      require("../analysis/simulate/csv") as typeof import("../analysis/simulate/csv");

    const { openLog } =
      require("../workloads/logs/open") as typeof import("../workloads/logs/open");
    const resample = resampleOf(options, command);
    const { jobs, skipped, oddities, procs, why } = await openLog(
      file,
      openOptions(options, { mode: "tolerant" }),
      (opened) => selectJobs(opened, options, resample),
    );
    const schedule = simulate(jobs, { procs, policy: options.policy });
    const result = {
      ...summarise(jobs, schedule),
      makespan_bound: makespanBound(jobs, procs),
      procs,
      policy: schedule.policy,
      tie_rule: schedule.tieRule,
      skipped: Object.fromEntries(skipped),
      oddities: Object.fromEntries(oddities),
      format: why,
    };
    if (options.out !== undefined) {
      const { writeOut } = require("./file-out") as typeof import("./file-out");
      const { writeText } = require("./lines-out") as typeof import("./lines-out");
      const csv = scheduleCsv(jobs, schedule);
      await writeOut(options.out, (stream) => writeText(stream, [csv]));
    }
    console.log(options.json ? JSON.stringify(result, null, 2) : await table(result));
  });
}

/** Reads the whole log, so that a line that cannot be read is reported wherever it is. */
async function selectJobs(
  { log: reading, why }: OpenedLog,
  { procs, first }: SimulateOptions,
  resample: Resample | undefined,
) {
  const { maxProcs } =
    require("../workloads/swf/header") as typeof import("../workloads/swf/header");
  const { JobSelection } =
    require("../analysis/simulate/trace") as typeof import("../analysis/simulate/trace");
  let selection: InstanceType<typeof JobSelection> | undefined;
  let machine = procs ?? null;
  for await (const batch of reading.batches()) {
    machine ??= maxProcs(reading.header);
    if (machine === null) {
      throw new Failure(`${reading.name}: the header has neither MaxProcs nor MaxNodes`, {
        remedy: "give the processors of the machine with --procs",
      });
    }
    selection ??= new JobSelection(machine, first, resample);
    for (const record of batch) {
      if (selection.full) break;
      selection.add(record);
    }
  }
  selection?.end();
  const skipped = selection?.skipped ?? new Map<string, number>();
  if (selection === undefined || machine === null || selection.jobs.length === 0) {
    throw new Failure(`${reading.name}: no job that can be simulated`, {
      detail: [...skipped].map(([reason, count]) => `${count} skipped: ${reason}`).join("\n"),
    });
  }
  const oddities = [...reading.oddities, ...selection.oddities];
  return { jobs: selection.jobs, skipped, oddities, procs: machine, why };
}

async function table(result: object): Promise<string> {
  const rows = new Table({ style: { head: [], border: [] }, wordWrap: true, colWidths: [24, 70] });
  for (const [name, value] of Object.entries(result)) {
    if (typeof value === "object" && value !== null) {
      for (const [key, entry] of Object.entries(value)) rows.push([`${name}: ${key}`, `${entry}`]);
    } else rows.push([name, typeof value === "number" ? figure(value) : String(value)]);
  }
  return rows.toString();
}

function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(4);
}
