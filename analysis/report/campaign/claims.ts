import { coverageText } from "../../statistics/sources";
import { count, listText, number } from "../format";
import { type CampaignData, isCompared, progressOf } from "./data/campaign";
import type { ComparedWorkload, Incomparable } from "./data/compared";
import { limitsOf } from "./limits";
import { type Level, toldText, untoldText } from "./told";

/** What a reader may conclude, in sentences. */
export interface Claims {
  /** What was measured, how much of it is told apart, and what is missing. */
  readonly opening: readonly string[];
  readonly byWorkload: readonly WorkloadClaims[];
  /** What cannot be claimed, and why. */
  readonly limits: readonly string[];
}

interface WorkloadClaims {
  readonly label: string;
  /** The front, and which jobs the results hold for. */
  readonly front: string;
  /** Who was told apart from whom, and who was not. */
  readonly told: readonly string[];
}

export function claimsOf(data: CampaignData): Claims {
  return {
    opening: [...measuredText(data), ...summaryText(data), ...unfinishedText(data)],
    byWorkload: data.workloads.map((workload) => workloadClaims(workload, data)),
    limits: limitsOf(data),
  };
}

function measuredText({ campaign, tuples, groups }: CampaignData): string[] {
  const runs = campaign.tuples.flatMap((tuple) => tuple.runs);
  const { planned, done } = progressOf(runs);
  const compared = tuples.reduce((sum, tuple) => sum + tuple.runs.length, 0);
  const lists = groups.workloads.map(
    ({ cells }) =>
      new Set(cells.flatMap(({ sample }) => sample.map(({ jobList }) => jobList))).size,
  );
  const each = tuples.map((tuple) => tuple.runs.length);
  return [
    `${number(done)} of ${count(planned, "planned run")} of ${count(campaign.tuples.length, "tuple")} ${done === 1 ? "is" : "are"} done.`,
    tuples.length === 0
      ? "No run can be compared, so nothing can be claimed."
      : `This compares ${count(compared, "run")} of ${count(groups.systems.length, "system")}, which are topologies with a scheduler, on ${count(groups.workloads.length, "workload")}, with ${rangeText(lists, "job list")} of each workload and ${rangeText(each, "repeat")} of each tuple.`,
  ];
}

function rangeText(counts: readonly number[], one: string): string {
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  return fewest === most ? count(most, one) : `${number(fewest)} to ${count(most, one)}`;
}

/** How many of the differences are told from none, over each source of variation. */
function summaryText({ differences: { all, confidence } }: CampaignData): string[] {
  if (all.length === 0) return [];
  const of = (level: Level) => all.filter((difference) => difference[level] === "together").length;
  const known = (level: Level) => all.some((difference) => typeof difference[level] === "string");
  const levels = (["theseJobs", "otherJobs"] as const).filter(known);
  if (levels.length === 0) {
    return [
      `None of ${count(all.length, "difference")} between systems can be told from chance: how runs vary is not known.`,
    ];
  }
  const parts = levels.map(
    (level) =>
      `${number(of(level))} ${of(level) === 1 ? "holds" : "hold"} for ${level === "otherJobs" ? "other jobs of the same kind" : "these jobs alone"}`,
  );
  return [
    `Of ${count(all.length, "difference")} between two systems in one objective, ${parts.join(" and ")}, at ${number(100 * confidence)}\u00a0% for all of them together.`,
  ];
}

function unfinishedText({ campaign, comparable }: CampaignData): string[] {
  const { failed, toDo } = progressOf(campaign.tuples.flatMap((tuple) => tuple.runs));
  const out = comparable.leftOut.length;
  const parts = [
    ...(failed > 0 ? [`${count(failed, "run")} failed and will not be tried again`] : []),
    ...(toDo > 0 ? [`${count(toDo, "run")} ${toDo === 1 ? "is" : "are"} still to be done`] : []),
    ...(out > 0
      ? [`${count(out, "completed run")} ${out === 1 ? "is" : "are"} left out, see Runs`]
      : []),
  ];
  if (parts.length === 0) return [];
  const rest = toDo > 0 ? "; what follows may change with them" : "";
  return [`The campaign is not whole: ${parts.join(", ")}${rest}.`];
}

function workloadClaims(
  workload: ComparedWorkload | Incomparable,
  data: CampaignData,
): WorkloadClaims {
  const { label } = workload;
  if (!isCompared(workload)) {
    return { label, front: `Nothing can be compared: ${workload.reason}.`, told: [] };
  }
  if (workload.systems.length < 2) {
    const front = "There is one system, so there is nothing to compare it with.";
    return { label, front, told: [] };
  }
  const { confidence, all } = data.differences;
  const own = all.filter((difference) => difference.workload === label);
  const family = { confidence, size: all.length };
  return {
    label,
    front: `${frontText(workload)} ${scopeText(workload)}`,
    told:
      own.length === 0
        ? []
        : [
            toldText(own, "otherJobs", family),
            toldText(own, "theseJobs", family),
            ...untoldText(own),
          ],
  };
}

function frontText({ systems, known, bootstrap }: ComparedWorkload): string {
  const names = systems
    .filter(({ front }) => front)
    .map(({ system, result: { onFront } }) =>
      onFront === null ? system.label : `${system.label} (${number(onFront, 0)}\u00a0%)`,
    );
  const shares = systems.some(({ result }) => result.onFront !== null)
    ? `, with the percentage of ${number(bootstrap.resamples)} resamples in which each is`
    : "";
  return `On the front by the means over ${listText(known)}${shares}: ${names.join("; ")}.`;
}

function scopeText({ bootstrap }: ComparedWorkload): string {
  const { covers, jobLists } = bootstrap;
  const lists =
    jobLists === 1
      ? "There is one job list."
      : `There are ${number(jobLists)} job lists${jobLists < 5 ? ", which is few" : ""}.`;
  const once = covers.includes("repeats")
    ? []
    : ["Some system has a single run, so that the noise of its runs is unknown."];
  return [lists, ...once, ...(covers.length === 0 ? [] : [coverageText(covers)])].join(" ");
}
