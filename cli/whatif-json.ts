import type { WhatIfAnswer } from "../analysis/whatif/answer";
import type { Level, SubjectDifference } from "../analysis/whatif/compare";
import { answerSentences } from "../analysis/whatif/words";

export interface Answered {
  readonly answer: WhatIfAnswer;
  readonly campaign: string;
  readonly store: string;
  /** What is otherwise, one text for each change. */
  readonly changes: readonly string[];
  /** File of the report's first page, if one was written. */
  readonly report: string | null;
}

/** The answer for programs; shares are in percent. */
export function whatIfJson({ answer, campaign, store, changes, report }: Answered): object {
  return {
    outcome: answer.outcome,
    changes,
    campaign,
    store,
    report,
    sentences: answerSentences(answer).map((sentence) => sentence.replaceAll("\u00a0", " ")),
    job_lists: answer.jobLists,
    least_repeats: answer.repeats,
    confidence: answer.confidence,
    each_confidence: answer.eachConfidence,
    margin_percent: 100 * answer.margin,
    differences: answer.differences.map(differenceJson),
    runs: answer.runs,
    omissions: answer.omissions,
  };
}

function differenceJson(difference: SubjectDifference): object {
  const { scope, name, metric, unit, jobs, comparison, verdict } = difference;
  return {
    ...{ scope, name, metric, unit, jobs },
    now: comparison.first,
    changed: comparison.second,
    difference: comparison.difference,
    difference_percent: comparison.relative === null ? null : 100 * comparison.relative,
    other_jobs: levelJson(difference.otherJobs),
    these_jobs: levelJson(difference.theseJobs),
    outcome: verdict.outcome,
    needed:
      verdict.needed === null
        ? null
        : {
            job_lists: numberOf(verdict.needed.jobLists),
            repeats: numberOf(verdict.needed.repeats),
            assuming: verdict.needed.assuming,
          },
  };
}

function levelJson(level: Level): object {
  if ("reason" in level) return { said: null, reason: level.reason };
  const factor = level.relative ? 100 : 1;
  return {
    said: level.said,
    interval: { low: factor * level.interval.low, high: factor * level.interval.high },
    in: level.relative ? "percent" : "unit",
  };
}

function numberOf(value: number | string): number | null {
  return typeof value === "number" ? value : null;
}
