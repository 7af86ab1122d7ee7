import { closest } from "fastest-levenshtein";
import { Failure } from "../../base/failure";
import { readStore } from "../../store/open";
import type { Varied } from "../conditions";
import { directionOf, judgedMetrics, judgedWhereElastic } from "./directions";
import { type JudgedMetric, judgedMetric, type PairedMetric, pairedMetric } from "./judged";
import {
  type RunHead,
  readFailed,
  readGroups,
  readHeads,
  readMetricNames,
  readMetrics,
} from "./read";
import { type Sides, sidesOf } from "./sides";
import {
  type CheckedTuple,
  pairTuples,
  type RunGroup,
  type TuplePair,
  tuplesOf,
  type UnusedBaseline,
} from "./tuples";
import type { Outcome } from "./verdict";

export interface CheckOptions {
  readonly store: string;
  /** Campaigns, experiments or runs. */
  readonly baseline: readonly string[];
  /** The same; without it, the newest that is not of the baseline. */
  readonly candidate?: readonly string[] | undefined;
  /** Names of run-wide metrics; without it, `judgedMetrics`, and `judgedWhereElastic` where there is one. */
  readonly metrics?: readonly string[] | undefined;
  readonly varied: Exclude<Varied, "workload">;
  readonly allowUnequal: boolean;
  /** Checks of the audit that a run may have failed. */
  readonly accepted: readonly string[];
  /** The regression that is put up with, as a share of the baseline. */
  readonly maxRegression: number;
  /** Judge for the common job lists alone, even where there are several. */
  readonly theseJobs: boolean;
}

export interface CheckedPair extends TuplePair {
  readonly metrics: readonly JudgedMetric[];
}

export interface CheckResult {
  readonly outcome: Outcome;
  /** What the candidate is, as a person would name it. */
  readonly candidateNames: readonly string[];
  readonly pairs: readonly CheckedPair[];
  /** Of all intervals together, and of each one. */
  readonly confidence: number;
  readonly eachConfidence: number;
  readonly power: number;
  /** What was left out, and why. */
  readonly omissions: readonly string[];
}

const confidence = 0.95;
const power = 0.8;

/**
 * Holds the candidate's tuples against the baseline's on the job lists that both have. All intervals hold
 * at once with 95 % (Bonferroni: each has 1 − 0.05 / their number). Worse if any metric of any tuple is,
 * else unknown if any is, else no worse. Throws Failure: no store, unknown name or metric, unequal
 * conditions, nothing to compare.
 */
export async function checkRegression(options: CheckOptions): Promise<CheckResult> {
  const { store, varied, allowUnequal, accepted, maxRegression, theseJobs } = options;
  const wanted = options.metrics ?? [...judgedMetrics, judgedWhereElastic];
  const { heads, groups, failed, metrics } = await readStore(store, async (connection) => {
    const undirected = wanted.find((name) => directionOf(name) === undefined);
    if (undirected !== undefined) throw notJudged(undirected, await readMetricNames(connection));
    return {
      heads: await readHeads(connection),
      groups: await readGroups(connection),
      failed: await readFailed(connection, accepted),
      metrics: await readMetrics(connection, wanted),
    };
  });
  const unknown = options.metrics?.find((name) => !metrics.has(name));
  if (unknown !== undefined) {
    throw notJudged(unknown, await readStore(store, readMetricNames));
  }
  const sides = sidesOf(heads, options.baseline, options.candidate);
  const baselines = soundTuples("baseline", sides.baseline, groups, failed);
  const candidates = soundTuples("candidate", sides.candidate, groups, failed);
  const { pairs, unpaired, unused } = pairTuples(baselines, candidates, varied, allowUnequal);

  const omissions = [
    ...unusable(heads, sides, failed),
    ...unpaired.map(({ label }) => `${label} is left out: the baseline has no comparable tuple`),
    ...unused.map(unusedText),
  ];
  const toJudge = pairs.map((pair) => {
    const paired = wanted.flatMap((name) => pairedMetric(pair, name, metrics.get(name)) ?? []);
    // Of the metrics that nobody asked for, those are judged that there are.
    const asked = ({ missing }: PairedMetric) => options.metrics !== undefined || missing === null;
    for (const metric of paired.filter((one) => !asked(one))) {
      const { name, missing } = metric;
      if (name === judgedWhereElastic && isKnownNowhere(metric)) continue;
      omissions.push(`${name} of ${pair.candidate.label} is not judged: ${missing}`);
    }
    return { pair, paired: paired.filter(asked) };
  });
  const intervals = toJudge
    .flatMap(({ paired }) => paired)
    .filter(({ missing }) => missing === null).length;
  const eachConfidence = 1 - (1 - confidence) / Math.max(1, intervals);
  const limits = { maxRegression, confidence: eachConfidence, power, theseJobs };
  const checked = toJudge.map(({ pair, paired }) => ({
    ...pair,
    metrics: paired.map((metric) => judgedMetric(metric, limits)),
  }));
  return {
    outcome: outcomeOf(checked),
    candidateNames: sides.candidateNames,
    pairs: checked,
    confidence,
    eachConfidence,
    power,
    omissions,
  };
}

/** As of two fixed clusters. */
function isKnownNowhere({ baseline, candidate }: PairedMetric): boolean {
  return baseline.length === 0 && candidate.length === 0;
}

function unusedText({ baseline, differsIn }: UnusedBaseline): string {
  const runs = [...baseline.runs.values()].flat();
  const which = runs.length === 1 ? `run ${runs[0]}` : `${runs.length} runs`;
  const why =
    differsIn.length === 0
      ? "the candidate is held against another tuple"
      : `the nearest candidate differs in ${differsIn.join(", ")}`;
  return `${baseline.label} of the baseline (${which}) is left out: ${why}`;
}

function soundTuples(
  name: string,
  side: ReadonlySet<string>,
  groups: readonly RunGroup[],
  failed: ReadonlyMap<string, unknown>,
): CheckedTuple[] {
  const own = groups.flatMap(({ runs, fields }) => {
    const kept = runs.filter((run) => side.has(run) && !failed.has(run)).sort();
    return kept.length > 0 ? [{ runs: kept, fields }] : [];
  });
  // The database gives groups in any order; the same store has to give the same text.
  const tuples = tuplesOf(own.sort((a, b) => ((a.runs[0] ?? "") < (b.runs[0] ?? "") ? -1 : 1)));
  if (tuples.length > 0) return tuples;
  throw new Failure(`no run of the ${name} completed and passed its audit`, {
    remedy:
      "see what is wrong with: schedlab audit; what you can live with is accepted by --accept CHECK",
  });
}

/** Runs of either side that are not compared. */
function unusable(
  heads: readonly RunHead[],
  { baseline, candidate }: Sides,
  failed: ReadonlyMap<string, readonly string[]>,
): string[] {
  const chosen = heads.filter(({ id }) => baseline.has(id) || candidate.has(id));
  const incomplete = chosen.filter(({ status }) => status !== "completed");
  const doubtful = chosen.filter(({ id, status }) => status === "completed" && failed.has(id));
  const ids = (runs: readonly RunHead[]) => runs.map(({ id }) => id).join(", ");
  return [
    ...(incomplete.length > 0 ? [`left out, did not complete: ${ids(incomplete)}`] : []),
    ...(doubtful.length > 0 ? [`left out, failed their audit: ${ids(doubtful)}`] : []),
  ];
}

function outcomeOf(pairs: readonly CheckedPair[]): Outcome {
  const found = new Set(
    pairs.flatMap(({ metrics }) => metrics.map(({ verdict }) => verdict.outcome)),
  );
  if (found.has("worse")) return "worse";
  return found.size === 1 && found.has("no worse") ? "no worse" : "cannot tell";
}

function notJudged(name: string, known: readonly string[]): Failure {
  const judged = known.filter((metric) => directionOf(metric) !== undefined);
  if (known.includes(name)) {
    return new Failure(
      `${name} cannot be judged: neither lower nor higher values of it are better`,
      {
        remedy: `choose among ${judged.join(", ")}`,
      },
    );
  }
  return new Failure(`the store has no metric ${name}`, {
    remedy:
      judged.length === 0
        ? "run an experiment first"
        : `did you mean ${closest(name, judged)}? docs/metrics.md has them all`,
  });
}
