import Table from "cli-table3";
import type { Level, SubjectDifference } from "../analysis/whatif/compare";
import { changeRange } from "../analysis/whatif/rounding";
import { answerSentences, subjectText } from "../analysis/whatif/words";
import type { Answered } from "./whatif-json";

/** The answer for a person: sentences, then the table with every interval, then what was left out. */
export function whatIfText({ answer, campaign, store, changes, report }: Answered): string {
  return [
    `What if: ${changes.join(", ")}`,
    ...answerSentences(answer).map((sentence) => sentence.replaceAll("\u00a0", " ")),
    ...(answer.differences.length > 0 ? [table(answer.differences)] : []),
    ...answer.omissions,
    `${answer.runs.now.length} and ${answer.runs.changed.length} runs of these configurations in ${store}; campaign ${campaign}`,
    ...(report === null ? [] : [`report: ${report}`]),
  ].join("\n");
}

function table(differences: readonly SubjectDifference[]): string {
  const several = new Set(differences.map(({ metric }) => metric)).size > 1;
  const [first] = differences;
  const shown = new Table({
    head: [
      ...["of", "jobs"],
      ...(several ? ["metric"] : []),
      ...["now", "changed", "other jobs", "these jobs", "would do"],
    ],
    colAligns: [
      ...(["left", "right"] as const),
      ...(several ? (["left"] as const) : []),
      ...(["right", "right", "left", "left", "left"] as const),
    ],
    style: { head: [], border: [] },
  });
  for (const difference of differences) {
    const { metric, unit, jobs, comparison, otherJobs, theseJobs } = difference;
    shown.push([
      subjectText(difference),
      String(Math.round(jobs)),
      ...(several ? [metric] : []),
      figure(comparison.first),
      figure(comparison.second),
      levelText(otherJobs, unit),
      levelText(theseJobs, unit),
      neededText(difference),
    ]);
  }
  const title =
    several || first === undefined
      ? []
      : [
          `${first.metric} (${first.unit === "1" ? "no unit" : first.unit}), with intervals of the change:`,
        ];
  return [...title, shown.toString()].join("\n");
}

function levelText(level: Level, unit: string): string {
  if ("reason" in level) return "–";
  const range = changeRange(level.interval, { relative: level.relative, unit });
  return `${range.replaceAll("\u00a0", " ")}\n${level.said}`;
}

function neededText({ verdict }: SubjectDifference): string {
  if (verdict.needed === null) return "";
  const { jobLists, repeats } = verdict.needed;
  return [
    ...(typeof jobLists === "number" ? [`${jobLists} job lists`] : []),
    ...(typeof repeats === "number" ? [`${repeats} repeats`] : []),
  ].join("\nor ");
}

function figure(value: number): string {
  return Number(value.toPrecision(4)).toString();
}
