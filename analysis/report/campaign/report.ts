import type { DuckDBConnection } from "@duckdb/node-api";
import { z } from "zod";
import type { Reporter } from "../../../base/reporter";
import { readStore } from "../../../store/open";
import { clockLabel } from "../../clock";
import { readConditions } from "../../conditions";
import { emulatedLabel } from "../../emulation";
import { rows } from "../../query";
import { configurationsOf } from "../data/configuration";
import { readRuns } from "../data/read";
import type { ReportRun } from "../data/run";
import { html } from "../html";
import { tuplePage } from "../page";
import { type CampaignData, isCompared, tuplePath } from "./data/campaign";
import { type ComparableCampaign, comparableCampaign } from "./data/comparable";
import { comparedWorkload } from "./data/compared";
import { systemDifferences } from "./data/differences";
import { sensitivities } from "./data/effects";
import { type Groups, groupsOf, type MeasuredTuple } from "./data/groups";
import { measuredRun } from "./data/measured";
import { type StoredCampaign, type StoredTuple, storedCampaign } from "./data/stored";
import { campaignPage } from "./page";

export interface CampaignReportOptions {
  readonly store: string;
  readonly campaign: string;
  /** Checks of the audit that a compared run may have failed. */
  readonly accepted: readonly string[];
  readonly allowUnequal: boolean;
  readonly generatedAt: Date;
  /** Whether to make a page for each tuple too. */
  readonly pages: boolean;
  /** Called for each page as soon as it is made, the first page last. Names are relative paths. */
  readonly write: (name: string, page: string) => void;
  readonly report?: Reporter | undefined;
}

export interface FinishedCampaignReport {
  readonly tuples: number;
  readonly planned: number;
  readonly compared: number;
  /** Completed runs that were not compared, and why. */
  readonly leftOut: readonly string[];
  /** Conditions in which the compared runs differ. */
  readonly unequal: readonly string[];
}

export const firstPage = "index.html";

/** Null when the store has no such campaign. Throws Failure: no store, locked, another schema. */
export async function makeCampaignReport(
  options: CampaignReportOptions,
): Promise<FinishedCampaignReport | null> {
  const { store, campaign: name, accepted, allowUnequal, report } = options;
  const campaign = await readStore(store, (connection) => storedCampaign(connection, name), {
    report,
  });
  if (campaign === null) return null;
  const ids = campaign.tuples.flatMap((tuple) => tuple.runIds);
  const conditions = new Map(
    (await readConditions(store, ids, accepted)).map((run) => [run.run, run] as const),
  );
  const comparable = comparableCampaign(campaign, conditions, allowUnequal);
  const { tuples, jobLists } = await readStore(store, async (connection) => ({
    tuples: await measuredTuples(connection, campaign, comparable, options),
    jobLists: await readJobLists(connection, name),
  }));
  report?.("comparing");
  const groups = groupsOf(tuples);
  const workloads = groups.workloads.map(comparedWorkload);
  const data: CampaignData = {
    ...{ generatedAt: options.generatedAt, campaign, pages: options.pages, comparable },
    ...{ tuples, groups, workloads },
    differences: systemDifferences(workloads.filter(isCompared)),
    sensitivities: sensitivities(groups),
    scaled: scaledWorkloads(groups, jobLists),
  };
  options.write(firstPage, campaignPage(data));
  return {
    tuples: campaign.tuples.length,
    planned: campaign.tuples.reduce((sum, tuple) => sum + tuple.runs.length, 0),
    compared: comparable.compared.length,
    leftOut: leftOutText(comparable),
    unequal: comparable.unequal,
  };
}

/** One line for each reason, and what to do about it. */
function leftOutText({ leftOut }: ComparableCampaign): string[] {
  const reasons = new Map<string, string[]>();
  for (const { run, reason } of leftOut) {
    reasons.set(reason, [...(reasons.get(reason) ?? []), run]);
  }
  return [
    ...[...reasons].map(([reason, runs]) => `left out, ${reason}: ${runs.join(", ")}`),
    ...(leftOut.length === 0
      ? []
      : ["accept a failed check with --accept, compare unequal conditions with --allow-unequal"]),
  ];
}

/** Reads some tuples at a time, so that the jobs of all runs are never in memory together; makes their pages. */
async function measuredTuples(
  connection: DuckDBConnection,
  campaign: StoredCampaign,
  { compared }: ComparableCampaign,
  options: CampaignReportOptions,
): Promise<MeasuredTuple[]> {
  const { pages, report, write, generatedAt } = options;
  const chosen = new Set(compared.map(({ conditions }) => conditions.run));
  const wanted = ({ runIds }: StoredTuple) => runIds.filter((id) => pages || chosen.has(id));
  const batches = batchesOf(campaign.tuples.filter((tuple) => wanted(tuple).length > 0));
  const measured: MeasuredTuple[] = [];
  // DuckDB reads the next ones while the pages of these are drawn.
  const read = (batch: readonly StoredTuple[] = []) => readRuns(connection, batch.flatMap(wanted));
  let next = read(batches[0]);
  for (const [index, batch] of batches.entries()) {
    const names = batch.map(({ label }) => label).join("; ");
    report?.(`tuples, part ${index + 1} of ${batches.length}: ${names}`);
    const found = await next;
    next = read(batches[index + 1]);
    for (const tuple of batch) {
      const runs = found.filter(({ id }) => tuple.runIds.includes(id));
      const own = runs.filter(({ id }) => chosen.has(id));
      if (pages) write(tuplePath(tuple.hash), pageOf(campaign.name, tuple, runs, own, generatedAt));
      if (own.length === 0) continue;
      measured.push({ tuple, spec: own[0]?.spec ?? "{}", runs: own.map(measuredRun) });
    }
  }
  await next;
  return measured;
}

/** Runs that are read together. */
const batchRuns = 16;

function batchesOf(tuples: readonly StoredTuple[]): StoredTuple[][] {
  const batches: StoredTuple[][] = [];
  let runs = Number.POSITIVE_INFINITY;
  for (const tuple of tuples) {
    if (runs + tuple.runIds.length > batchRuns) {
      batches.push([]);
      runs = 0;
    }
    batches.at(-1)?.push(tuple);
    runs += tuple.runIds.length;
  }
  return batches;
}

/** The sections of the runs' own report. Runs that are not compared are listed only, unless there are no others. */
function pageOf(
  campaign: string,
  tuple: StoredTuple,
  runs: readonly ReportRun[],
  own: readonly ReportRun[],
  generatedAt: Date,
): string {
  const shown = own.length > 0 ? own : runs;
  const configurations = configurationsOf(shown, null).map((configuration) => {
    const [{ emulated = false, clockFactor = null } = {}] = configuration.runs;
    return {
      ...configuration,
      label: clockLabel(emulatedLabel(tuple.label, emulated), clockFactor),
    };
  });
  const axes = Object.entries(tuple.axes).map(([axis, value]) => `${axis}: ${value}`);
  return tuplePage(
    {
      ...{ generatedAt, runs, configurations },
      leftOut: runs.filter((run) => !shown.includes(run)),
      ...{ others: [], unshared: { jobLists: 0, runs: [] }, varied: "nothing", inequalities: [] },
    },
    `campaign ${campaign}: ${tuple.label}`,
    html`<p><a href="../${firstPage}">All tuples of campaign ${campaign}</a></p><p>${axes.join("; ")}</p>`,
  );
}

const jobListSchema = z.array(z.object({ run: z.string(), list: z.string().nullable() }));

/** The exact list of jobs of each run, for comparison within this session. */
async function readJobLists(
  connection: DuckDBConnection,
  campaign: string,
): Promise<ReadonlyMap<string, string | null>> {
  const found = await rows(
    connection,
    `SELECT run_id AS run, job_list AS list FROM run_workloads
     WHERE run_id IN (SELECT run_id FROM runs WHERE campaign = $1)`,
    [campaign],
  );
  return new Map(jobListSchema.parse(found).map(({ run, list }) => [run, list]));
}

/** Workloads of which some draw gave systems different lists of jobs. */
function scaledWorkloads(
  { workloads }: Groups,
  jobLists: ReadonlyMap<string, string | null>,
): string[] {
  return workloads
    .filter(({ cells }) => {
      const byDraw = new Map<string, Set<string | null>>();
      for (const { jobList, repeats } of cells.flatMap(({ sample }) => sample)) {
        const lists = byDraw.get(jobList) ?? new Set();
        for (const { id } of repeats) lists.add(jobLists.get(id) ?? null);
        byDraw.set(jobList, lists);
      }
      return [...byDraw.values()].some((lists) => lists.size > 1);
    })
    .map(({ label }) => label);
}
