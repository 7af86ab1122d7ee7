import { coverageText } from "../../statistics/sources";
import { count, number } from "../format";
import { type CampaignData, isCompared, progressOf } from "./data/campaign";
import type { ComparedWorkload } from "./data/compared";
import type { SystemDifference, Told } from "./data/differences";

/** What a reader may conclude, in sentences. */
export interface Claims {
  /** What was measured and what is missing. */
  readonly measured: readonly string[];
  /** One paragraph for each workload. */
  readonly byWorkload: readonly { readonly label: string; readonly sentences: readonly string[] }[];
  /** What cannot be claimed, and why. */
  readonly limits: readonly string[];
}

/** Pairs that are named one by one; the table has the others. */
const mostNamed = 6;

export function claimsOf(data: CampaignData): Claims {
  return {
    measured: [...measuredText(data), ...unfinishedText(data)],
    byWorkload: data.workloads.map((workload) => ({
      label: workload.label,
      sentences: isCompared(workload)
        ? workloadText(workload, data)
        : [`Nothing can be compared: ${workload.reason}.`],
    })),
    limits: limitsText(data),
  };
}

function measuredText({ campaign, tuples, groups }: CampaignData): string[] {
  const runs = campaign.tuples.flatMap((tuple) => tuple.runs);
  const { planned, done } = progressOf(runs);
  const compared = tuples.reduce((sum, tuple) => sum + tuple.runs.length, 0);
  const lists = new Set(
    groups.workloads.flatMap(({ label, cells }) =>
      cells.flatMap(({ sample }) => sample.map(({ jobList }) => `${label} ${jobList}`)),
    ),
  ).size;
  const each = tuples.map((tuple) => tuple.runs.length);
  const [fewest, most] = [Math.min(...each), Math.max(...each)];
  const repeats = fewest === most ? count(most, "repeat") : `${fewest} to ${count(most, "repeat")}`;
  return [
    `${number(done)} of ${count(planned, "planned run")} of ${count(campaign.tuples.length, "tuple")} ${done === 1 ? "is" : "are"} done.`,
    ...(tuples.length === 0
      ? ["No run can be compared, so nothing can be claimed."]
      : [
          `Compared are ${count(compared, "run")}: ${count(groups.systems.length, "system")} (topology and scheduler) on ${count(groups.workloads.length, "workload")}, with ${count(lists, "job list")} in all and ${repeats} of each tuple.`,
        ]),
  ];
}

function unfinishedText({ campaign, comparable }: CampaignData): string[] {
  const { failed, toDo } = progressOf(campaign.tuples.flatMap((tuple) => tuple.runs));
  const out = comparable.leftOut.length;
  const parts = [
    ...(failed > 0 ? [`${count(failed, "run")} failed and will not be tried again`] : []),
    ...(toDo > 0 ? [`${count(toDo, "run")} ${toDo === 1 ? "is" : "are"} still to be done`] : []),
    ...(out > 0 ? [`${count(out, "completed run")} ${out === 1 ? "is" : "are"} left out`] : []),
  ];
  if (parts.length === 0) return [];
  const rest = toDo > 0 ? "; what follows may change with them" : "";
  return [`The campaign is not whole: ${parts.join(", ")}${rest}.`];
}

function workloadText(workload: ComparedWorkload, data: CampaignData): string[] {
  const { systems, label, known } = workload;
  if (systems.length < 2) return ["There is one system, so there is nothing to compare it with."];
  const own = data.differences.all.filter((difference) => difference.workload === label);
  const scope = scopeText(workload);
  return [
    frontText(workload),
    ...(own.length === 0
      ? []
      : [
          ...toldText(own, "otherJobs", "For other jobs of the same kind", data),
          ...toldText(own, "theseJobs", "For these jobs alone", data),
        ]),
    ...untoldText(own, known.length),
    scope,
  ];
}

function frontText({ systems, known, bootstrap }: ComparedWorkload): string {
  const front = systems.filter((entry) => entry.front);
  const names = front.map(({ system, result }) =>
    result.onFront === null
      ? system.label
      : `${system.label} (in ${number(result.onFront, 0)} % of ${number(bootstrap.resamples)} resamples)`,
  );
  return `By the means over ${known.join(", ")}, the front ${front.length === 1 ? "is" : "are"} ${names.join("; ")}.`;
}

/** Who was told apart from whom at the confidence of all comparisons together, and how many more alone. */
function toldText(
  own: readonly SystemDifference[],
  level: "otherJobs" | "theseJobs",
  scope: string,
  { differences: { confidence, all } }: CampaignData,
): string[] {
  const reason = own
    .map((difference) => difference[level])
    .find((told) => typeof told !== "string");
  const known = own.filter((difference) => typeof difference[level] === "string");
  if (known.length === 0) {
    return [`${scope}, nothing can be told: ${typeof reason === "object" ? reason.reason : ""}.`];
  }
  const of = (told: Told) => known.filter((difference) => difference[level] === told);
  const [together, alone] = [of("together"), of("alone")];
  const percent = `${number(100 * confidence)} %`;
  const all95 = `at ${percent} for all ${number(all.length)} comparisons together`;
  if (together.length === 0) {
    return [`${scope}, no two systems are told apart ${all95}.${moreAlone(alone, known, percent)}`];
  }
  return [`${scope}, ${all95}: ${pairsText(together)}.${moreAlone(alone, known, percent)}`];
}

function moreAlone(
  alone: readonly SystemDifference[],
  known: readonly SystemDifference[],
  percent: string,
): string {
  if (alone.length === 0) return "";
  const are = alone.length === 1 ? "is" : "are";
  return ` Of ${number(known.length)} differences, ${number(alone.length)} ${are} told at ${percent} by ${alone.length === 1 ? "itself" : "themselves"} only; among equal systems, chance does that to one in twenty.`;
}

/** `A is better than B in idle and completion`, the pairs with the most objectives first. */
function pairsText(told: readonly SystemDifference[]): string {
  const pairs = new Map<string, string[]>();
  for (const { better, other, objective } of told) {
    const pair = `${better.label} is better than ${other.label}`;
    pairs.set(pair, [...(pairs.get(pair) ?? []), objective]);
  }
  const sorted = [...pairs].sort(([, a], [, b]) => b.length - a.length);
  const named = sorted
    .slice(0, mostNamed)
    .map(([pair, objectives]) => `${pair} in ${listText(objectives)}`);
  const rest = sorted.length - named.length;
  return `${named.join("; ")}${rest > 0 ? `; and ${number(rest)} further pairs, which the table has` : ""}`;
}

/** Pairs of which no objective is told by any interval. */
function untoldText(own: readonly SystemDifference[], objectives: number): string[] {
  const pairs = new Map<string, { names: string; told: boolean }>();
  for (const difference of own) {
    const names = [difference.better, difference.other].sort((a, b) => a.index - b.index);
    const key = names.map(({ index }) => index).join(" ");
    const told = [difference.theseJobs, difference.otherJobs].some(
      (level) => level === "together" || level === "alone",
    );
    const former = pairs.get(key)?.told ?? false;
    pairs.set(key, { names: names.map(({ label }) => label).join(" and "), told: former || told });
  }
  const untold = [...pairs.values()].filter(({ told }) => !told).map(({ names }) => names);
  if (untold.length === 0) return [];
  const named = untold.slice(0, mostNamed).join("; ");
  const rest = untold.length - Math.min(untold.length, mostNamed);
  return [
    `Not told apart in ${objectives === 1 ? "the objective" : "any objective"}: ${named}${rest > 0 ? `; and ${number(rest)} further pairs` : ""}. That does not make them equal: the table says what it would take to tell them apart.`,
  ];
}

function scopeText({ bootstrap }: ComparedWorkload): string {
  const { covers, jobLists } = bootstrap;
  const lists =
    jobLists === 1
      ? "There is one job list."
      : `There are ${number(jobLists)} job lists${jobLists < 5 ? ", which is few" : ""}.`;
  const once = covers.includes("repeats")
    ? []
    : ["Some tuple has one repeat, so its noise is unknown."];
  return [lists, ...once, ...(covers.length === 0 ? [] : [coverageText(covers)])].join(" ");
}

function limitsText(data: CampaignData): string[] {
  const { campaign, comparable, groups, scaled, tuples, differences } = data;
  const runs = tuples.flatMap((tuple) => tuple.runs);
  const limited = runs.filter(({ harnessLimited }) => harnessLimited);
  const omissions = data.workloads.flatMap((workload) =>
    isCompared(workload)
      ? workload.omissions.map((omission) =>
          groups.workloads.length > 1 ? `${workload.label}: ${omission}` : omission,
        )
      : [],
  );
  return [
    ...(groups.workloads.length > 1
      ? [
          "Systems are compared on the same workload only: figures of different workloads are not set against each other.",
        ]
      : []),
    ...new Set(omissions.map(sentence)),
    ...(comparable.unequal.length > 0
      ? [
          `Compared under unequal conditions, as asked for with --allow-unequal: runs differ in ${comparable.unequal.join(", ")}. A difference may come from these.`,
        ]
      : []),
    ...scaled.map(
      (label) =>
        `${label}: the job lists of one draw are not the same on all systems, as where sizes of jobs are fitted to the machine; a difference between systems includes that.`,
    ),
    ...(differences.pairsLeftOut > 0
      ? [
          `There are many systems: ${number(differences.pairsLeftOut)} pairs that differ in more than one axis are not compared.`,
        ]
      : []),
    ...(limited.length > 0
      ? [
          `In ${count(limited.length, "run")} the harness, not the scheduler, set the pace of submission.`,
        ]
      : []),
    ...(campaign.unplanned > 0
      ? [
          `${count(campaign.unplanned, "completed run")} of the campaign ${campaign.unplanned === 1 ? "belongs" : "belong"} to tuples or repeats that its plan no longer has, and ${campaign.unplanned === 1 ? "is" : "are"} not in this report.`,
        ]
      : []),
    `How far the random order of the runs was kept: ${campaign.orderKept}.`,
  ];
}

export function listText(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}
