import { count, listText } from "../report/format";
import type { Interval } from "../statistics/quantile";
import type { Level, Shown, SubjectDifference, WhatIfResult } from "./compare";
import type { Subject } from "./figures";
import { amount, amountRange, atMost, changeRange } from "./rounding";

type LevelName = "otherJobs" | "theseJobs";

/** Subjects of one kind of answer that are named one by one; the table has the others. */
const mostNamed = 5;

const scopes: Readonly<Record<LevelName, string>> = {
  otherJobs: "for other jobs of the same kind",
  theseJobs: "for these jobs alone",
};

const metricNames: Readonly<Record<string, string>> = {
  mean_wait: "mean wait",
  max_wait: "longest wait",
  p50_wait: "median wait",
  p90_wait: "90th percentile of the wait",
  p99_wait: "99th percentile of the wait",
};

/**
 * The answer in sentences: what changes for whom, what does not, and what cannot be told, first for other
 * jobs of the same kind, then for these jobs alone. No sentence says more than the intervals do. Pure.
 */
export function answerSentences(result: WhatIfResult): string[] {
  const { differences, jobLists, repeats, confidence } = result;
  if (differences.length === 0) {
    return ["Nothing can be told: the two configurations have no job list in common yet."];
  }
  const levels = (["otherJobs", "theseJobs"] as const).filter((level) =>
    differences.some((difference) => isShown(difference[level])),
  );
  if (levels.length === 0) {
    return [
      `Nothing can be told from ${runsText(jobLists, repeats)}: how runs vary is not known. Several job lists (--resamples) or at least three runs of each (--repeats) would say.`,
    ];
  }
  const said = levels.flatMap((level) => levelSentences(level, result));
  const all = differences.reduce(
    (sum, difference) => sum + levels.filter((level) => isShown(difference[level])).length,
    0,
  );
  const together =
    all === 1 ? "This holds" : `${all === 2 ? "Both" : `All ${all}`} intervals hold together`;
  return [
    ...said,
    `${together} with ${100 * confidence}\u00a0% confidence, by ${runsText(jobLists, repeats)} of each configuration.`,
    ...(levels.includes("otherJobs")
      ? []
      : ["Nothing is said of other jobs than these: that takes several job lists (--resamples)."]),
    ...neededSentences(result),
  ];
}

function runsText(jobLists: number, repeats: number): string {
  return `${count(jobLists, "common job list")} with ${repeats === 1 ? "one run" : `${repeats} runs`}`;
}

function isShown(level: Level): level is Shown {
  return "said" in level;
}

function levelSentences(level: LevelName, { differences }: WhatIfResult): string[] {
  const known = differences.filter((difference) => isShown(difference[level]));
  const of = (said: Shown["said"]) =>
    known.filter((difference) => (difference[level] as Shown).said === said);
  const [changed, same, open] = [of("changed"), of("no difference"), of("cannot tell")];
  const scope = scopes[level];
  const parts = [
    ...byMetric(changed, (metric, own) => `the ${metric} ${changedText(own, level)}`),
    ...byMetric(same, (metric, own) => `the ${metric} changes by ${sameText(own, level)}`),
    ...byMetric(
      open,
      (metric, own) => `it cannot be told whether the ${metric} changes ${openText(own, level)}`,
    ),
  ];
  const lead =
    changed.length > 0
      ? `With the change, ${scope}, `
      : `With the change there is no difference that these runs can show, ${scope}: `;
  return [`${lead}${parts.join("; ")}.`];
}

function byMetric(
  differences: readonly SubjectDifference[],
  text: (metric: string, own: readonly SubjectDifference[]) => string,
): string[] {
  const metrics = [...new Set(differences.map(({ metric }) => metric))];
  return metrics.map((metric) =>
    text(
      metricText(metric),
      differences.filter((difference) => difference.metric === metric),
    ),
  );
}

/** `falls by 41 % (28 to 53 %) for all jobs and rises by … for …`. */
function changedText(own: readonly SubjectDifference[], level: LevelName): string {
  return namedText(own, (difference) => {
    const { interval, relative } = difference[level] as Shown;
    const rises = interval.low > 0;
    const { comparison, unit } = difference;
    const by = relative ? (comparison.relative ?? 0) : comparison.difference;
    const kind = { relative, unit };
    const sizes: Interval = rises ? interval : { low: -interval.high, high: -interval.low };
    return `${rises ? "rises" : "falls"} by ${amount(Math.abs(by), kind)} (${amountRange(sizes, kind)}) for ${subjectText(difference)}`;
  });
}

function sameText(own: readonly SubjectDifference[], level: LevelName): string {
  return namedText(own, (difference) => {
    const { interval, relative } = difference[level] as Shown;
    return `at most ${atMost(interval, { relative, unit: difference.unit })} for ${subjectText(difference)}`;
  });
}

function openText(own: readonly SubjectDifference[], level: LevelName): string {
  return namedText(own, (difference) => {
    const { interval, relative } = difference[level] as Shown;
    return `for ${subjectText(difference)} (${changeRange(interval, { relative, unit: difference.unit })})`;
  });
}

/** The first ones in words, and how many more there are. */
function namedText(
  own: readonly SubjectDifference[],
  text: (difference: SubjectDifference) => string,
): string {
  const named = own.slice(0, mostNamed);
  const rest = own.length - named.length;
  const more = rest > 0 ? `, and so for ${count(rest, "further group")}, which the table has` : "";
  return `${listText(named.map(text))}${more}`;
}

/** What would tell: for all jobs where nothing was told of them, else where it takes least. */
function neededSentences({ differences, jobLists, repeats, margin }: WhatIfResult): string[] {
  const least = ({ verdict }: SubjectDifference) =>
    Math.min(...[verdict.needed?.jobLists, verdict.needed?.repeats].map(countOr));
  const [open] = differences
    .filter(({ verdict }) => verdict.needed !== null)
    .sort((a, b) => Number(b.scope === "all") - Number(a.scope === "all") || least(a) - least(b));
  const needed = open?.verdict.needed;
  if (open === undefined || needed === undefined || needed === null) return [];
  const what = `the ${metricText(open.metric)} for ${subjectText(open)}`;
  const ways = [
    typeof needed.jobLists === "number" && needed.jobLists > jobLists
      ? `${needed.jobLists - jobLists} more ${needed.jobLists - jobLists === 1 ? "job list" : "job lists"} (--resamples ${needed.jobLists})`
      : null,
    typeof needed.repeats === "number" && needed.repeats > repeats
      ? `${needed.repeats} runs of each job list (--repeats ${needed.repeats})`
      : null,
  ].filter((way) => way !== null);
  if (ways.length === 0) return [];
  const whether = `whether ${what} gets worse by more than ${amount(margin, { relative: true, unit: "" })}`;
  const ifSo =
    needed.assuming === "no difference"
      ? "if there is no difference"
      : "if the difference is the one observed";
  return [`About ${ways.join(", or ")} would do to tell ${whether}, ${ifSo}.`];
}

function metricText(metric: string): string {
  return metricNames[metric] ?? metric.replaceAll("_", " ");
}

function countOr(needed: number | string | undefined): number {
  return typeof needed === "number" ? needed : Number.MAX_SAFE_INTEGER;
}

/** Whose jobs: `jobs of more than 32 cores`, `the jobs of user anna`. */
export function subjectText({ scope, name }: Subject): string {
  if (scope === "all" || name === null) return "all jobs";
  if (scope === "size") return name;
  if (scope === "queue") return `the jobs in partition ${name}`;
  if (scope === "qos") return `the jobs with QOS ${name}`;
  return `the jobs of ${scope} ${name}`;
}
