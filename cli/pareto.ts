import { readFile } from "node:fs/promises";
import Table from "cli-table3";
import type { Command } from "commander";
import type { Campaign } from "../analysis/pareto/campaign";
import { Failure } from "../base/failure";
import { addComparison, type ComparisonChoices, comparisonOf } from "./comparison";
import { defaultStore } from "./store-option";
import { wholeNumber } from "./whole-number";

interface ParetoOptions extends ComparisonChoices {
  readonly store?: string;
  readonly seed: number;
  readonly resamples: number;
  readonly json?: boolean;
}

export function registerPareto(program: Command): void {
  const command = program
    .command("pareto")
    .description("find the non-dominated points of a JSON file, or tuples of the store")
    .argument("[file]", '{"points": [[…]], "reference": […], "maximise": [indices]}')
    .option("--store <file>", `compare the tuples of this store, such as ${defaultStore}`);
  addComparison(command, "tuples", "compare runs made under unequal conditions")
    .option("--seed <number>", "of the bootstrap", wholeNumber(0, 2 ** 31 - 1), 1)
    .option("--resamples <count>", "of the bootstrap", wholeNumber(1, 1_000_000), 2000)
    .option("--json", "one JSON object instead of a table")
    .action(async (file: string | undefined, options: ParetoOptions) => {
      if ((file === undefined) === (options.store === undefined)) {
        command.error(
          file === undefined
            ? "error: missing required argument 'file', or --store"
            : "error: give either a file or --store, not both",
        );
      }
      if (file !== undefined) await ofFile(file, options.json === true);
      else await ofStore(options.store ?? defaultStore, options);
    });
}

async function ofFile(file: string, json: boolean): Promise<void> {
  const { parseProblem } =
    require("../analysis/pareto/problem") as typeof import("../analysis/pareto/problem");
  const { dominanceRanks } =
    require("../analysis/pareto/ranks") as typeof import("../analysis/pareto/ranks");
  const { isInside, knownHypervolume } =
    require("../analysis/pareto/hypervolume") as typeof import("../analysis/pareto/hypervolume");

  const { points, reference } = parseProblem(await read(file), file);
  const ranks = dominanceRanks(points);
  // The front does not need the hypervolume, so one that cannot be computed is null with a reason.
  const volume = knownHypervolume(points, reference);
  if (json) {
    const front = [...ranks.keys()].filter((index) => ranks[index] === 0);
    const known =
      typeof volume === "number"
        ? { hypervolume: volume }
        : { hypervolume: null, reasons: { hypervolume: volume } };
    console.log(JSON.stringify({ front, ...known }, null, 2));
    return;
  }
  const rows = points.map((point, index): [number, number, string] => [
    index,
    (ranks[index] ?? 0) + 1,
    isInside(point, reference) ? "yes" : "no",
  ]);
  const said = typeof volume === "number" ? volume : `unknown: ${volume}`;
  console.log(`${pointTable(rows)}\nhypervolume ${said}`);
}

/** Drawing a table with more rows takes longer than computing its figures, and nobody would read it. */
const mostDrawnRows = 1000;

function pointTable(rows: readonly [number, number, string][]): string {
  const head = ["point", "front", "inside the reference"];
  if (rows.length > mostDrawnRows) return [head, ...rows].map((row) => row.join("\t")).join("\n");
  const table = tableOf(head);
  table.push(...rows);
  return table.toString();
}

async function ofStore(store: string, options: ParetoOptions): Promise<void> {
  const { comparePareto } =
    require("../analysis/pareto/campaign") as typeof import("../analysis/pareto/campaign");
  const { reportTo } = require("./progress") as typeof import("./progress");
  const { seed, resamples, json, ...choices } = options;
  const campaign = await comparePareto({
    store,
    ...comparisonOf(choices),
    seed,
    resamples,
    report: reportTo(),
  });
  console.log(json ? JSON.stringify(forPrograms(campaign, seed), null, 2) : text(campaign));
}

function forPrograms(campaign: Campaign, seed: number) {
  const { coverageText } =
    require("../analysis/statistics/sources") as typeof import("../analysis/statistics/sources");
  const { objectives, reference, tuples, bootstrap, omissions, unequal } = campaign;
  return {
    objectives,
    reference,
    front: tuples.flatMap(({ front }, index) => (front ? [index] : [])),
    tuples: bootstrap.tuples.map(({ name, mean, intervals, covers, variance, onFront }, index) => ({
      name,
      runs: tuples[index]?.runs ?? [],
      mean,
      intervals,
      covers,
      variance: variance.map(({ betweenRepeats, betweenJobLists, reasons }) => ({
        between_repeats: betweenRepeats,
        between_job_lists: betweenJobLists,
        reasons,
      })),
      on_front_percent: onFront,
    })),
    job_lists: bootstrap.jobLists,
    covers: bootstrap.covers,
    coverage: coverageText(bootstrap.covers),
    hypervolume: bootstrap.hypervolume.mean,
    hypervolume_interval: bootstrap.hypervolume.interval,
    dominance: bootstrap.dominance,
    resamples: bootstrap.resamples,
    confidence: bootstrap.confidence,
    seed,
    omissions,
    reasons: bootstrap.reasons,
    unequal,
  };
}

function text({ objectives, tuples, bootstrap, omissions, unequal }: Campaign): string {
  const { coverageText } =
    require("../analysis/statistics/sources") as typeof import("../analysis/statistics/sources");
  const table = tableOf(["tuple", "runs", ...objectives, "front", "in resamples (%)"]);
  for (const [index, { name, runs, mean, intervals, onFront }] of bootstrap.tuples.entries()) {
    table.push([
      name,
      runs,
      ...mean.map((value, axis) => {
        const range = intervals?.[axis];
        return range === undefined
          ? figure(value)
          : `${figure(value)}\n${figure(range.low)} to ${figure(range.high)}`;
      }),
      tuples[index]?.front ? "yes" : "no",
      percent(onFront),
    ]);
  }
  const { mean, interval } = bootstrap.hypervolume;
  const range =
    interval === null ? "" : `, 95 % interval ${figure(interval.low)} to ${figure(interval.high)}`;
  return [
    ...(unequal.length > 0 ? [`compared under unequal conditions: ${unequal.join(", ")}`] : []),
    table.toString(),
    ...bootstrap.dominance.map(
      ({ a, b, percent: share }) => `${a} dominates ${b} in ${percent(share)} % of resamples`,
    ),
    `hypervolume ${figure(mean)}${range}, reference (${objectives.map(() => 1).join(", ")})`,
    `${bootstrap.jobLists} job list${bootstrap.jobLists === 1 ? "" : "s"}. ${coverageText(bootstrap.covers)}`,
    ...omissions,
    ...bootstrap.reasons,
  ].join("\n");
}

function tableOf(head: string[]) {
  return new Table({ head, style: { head: [], border: [] } });
}

function figure(value: number): string {
  return value.toFixed(4);
}

function percent(value: number | null): string {
  return value === null ? "–" : value.toFixed(1);
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new Failure(`${file} cannot be read`, { cause });
  }
}
