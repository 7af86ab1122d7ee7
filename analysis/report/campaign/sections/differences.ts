import type { PairedInterval } from "../../../statistics/paired";
import { count, number } from "../../format";
import { html, type Markup } from "../../html";
import { named } from "../../plots/look";
import { type Cell, missing, numberCell, table } from "../../table";
import type { CampaignData } from "../data/campaign";
import type { Differences, SystemDifference, Told } from "../data/differences";
import { objectiveWords } from "../data/objectives";

/** A longer table is no longer read; the largest effects come first. */
const maxRows = 300;

export function differencesSection({ differences }: CampaignData): Markup {
  const { all, confidence, power } = differences;
  const percent = `${number(100 * confidence)} %`;
  const body =
    all.length === 0
      ? missing("Paired differences", "no two systems have a job list in common")
      : html`<p>Each pair of systems on the job lists that both were given: the difference of their means, not two intervals side by side. <em>These jobs</em> takes the job lists as given, so that only the noise between repeats counts; <em>other jobs</em> also counts the differences between job lists. <em>Together</em>: the interval leaves out 0 even where each of the ${number(all.length)} has ${number(100 * differences.eachConfidence, 3)} %, so that all hold at once with ${percent} (Bonferroni); <em>alone</em>: it does at ${percent} by itself. What is needed tells the difference with a probability of ${number(100 * power)} %, if it and its noise are what was observed.</p>
${differenceTable(differences)}`;
  return html`<section id="differences"><h2>Paired differences</h2>
${body}</section>`;
}

function differenceTable({ all, pairsLeftOut, apart, confidence }: Differences): Markup {
  const workloads = new Set(all.map(({ workload }) => workload));
  const order: Readonly<Record<string, number>> = { together: 0, alone: 1, no: 2 };
  const rank = ({ otherJobs, theseJobs }: SystemDifference) =>
    Math.min(...[otherJobs, theseJobs].map((told) => order[String(told)] ?? 3));
  const sorted = [...all].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      Math.abs(b.comparison.cliffsDelta) - Math.abs(a.comparison.cliffsDelta) ||
      b.comparison.difference - a.comparison.difference,
  );
  const single = workloads.size === 1;
  return table({
    caption: `Differences of pairs, with ${number(100 * confidence)} % intervals`,
    columns: [
      { head: "better" },
      { head: "than" },
      ...(single ? [] : [{ head: "workload" }]),
      { head: "objective" },
      { head: "by", numeric: true },
      { head: "told apart, these jobs" },
      { head: "told apart, other jobs" },
      { head: "Cliff's delta", numeric: true },
      { head: "paired effect", numeric: true },
      { head: "repeats needed, these jobs", numeric: true },
      { head: "job lists needed, other jobs", numeric: true },
    ],
    rows: sorted.slice(0, maxRows).map((difference) => row(difference, single)),
    notes: [
      ...reasons(all),
      ...(all.length > maxRows
        ? [`${count(all.length - maxRows, "further difference")} not listed`]
        : []),
      ...(pairsLeftOut > 0
        ? [`${count(pairsLeftOut, "pair")} that differ in more than one axis not compared`]
        : []),
      ...apart,
      "intervals are Student's, for these jobs with the degrees of freedom of Welch and Satterthwaite",
      "Cliff's delta: on the same job list, the share of pairs of runs in which the other system is worse less the share in which it is better; 1 where it always is (Cliff 1993)",
      "paired effect: the mean of the differences by their standard deviation over the job lists (Cohen's d_z with Hedges' correction)",
      "repeats needed: of each of these job lists; job lists needed: each run as often as now. Told: there are enough",
    ],
  });
}

function row(difference: SystemDifference, single: boolean): Cell[] {
  const { better, other, workload, objective, comparison, theseJobs, otherJobs } = difference;
  const { digits } = objectiveWords[objective];
  const { overJobLists, overRepeats } = comparison;
  return [
    { text: named(better), value: better.label },
    { text: named(other), value: other.label },
    ...(single ? [] : [{ text: workload }]),
    { text: objective },
    numberCell(comparison.difference, digits),
    toldCell(theseJobs, overRepeats, digits),
    toldCell(otherJobs, overJobLists, digits),
    numberCell(comparison.cliffsDelta, 2),
    numberCell(knownOf(difference.pairedEffect), 2),
    neededCell(theseJobs, difference.needed.repeats),
    neededCell(otherJobs, difference.needed.jobLists),
  ];
}

function rangeOf(interval: PairedInterval | string, digits: number): Markup | "" {
  if (typeof interval === "string") return "";
  const { low, high } = interval.difference;
  return html` <span class="range nowrap">[${number(low, digits)}, ${number(high, digits)}]</span>`;
}

function toldCell(
  told: SystemDifference["theseJobs"],
  interval: PairedInterval | string,
  digits: number,
): Cell {
  const order: Readonly<Record<Told, number>> = { together: 0, alone: 1, no: 2 };
  if (typeof told !== "string") return { text: "–", value: null };
  return {
    text: html`${told === "no" ? "no" : `yes, ${told}`}${rangeOf(interval, digits)}`,
    value: order[told],
  };
}

function neededCell(level: SystemDifference["theseJobs"], wanted: number | string): Cell {
  return level === "together" || level === "alone"
    ? { text: "told", value: 0 }
    : numberCell(knownOf(wanted), 0);
}

function knownOf(value: number | string): number | null {
  return typeof value === "number" ? value : null;
}

/** Each reason of something unknown once, with how many differences it is true of. */
function reasons(all: readonly SystemDifference[]): string[] {
  const found = new Map<string, number>();
  const add = (what: string, reason: string) => {
    const text = `${what}: ${reason}`;
    found.set(text, (found.get(text) ?? 0) + 1);
  };
  for (const { theseJobs, otherJobs, pairedEffect, needed } of all) {
    if (typeof theseJobs !== "string") add("these jobs", theseJobs.reason);
    if (typeof otherJobs !== "string") add("other jobs", otherJobs.reason);
    if (typeof pairedEffect === "string") add("paired effect", pairedEffect);
    if (typeof needed.repeats === "string") add("repeats needed", needed.repeats);
    if (typeof needed.jobLists === "string") add("job lists needed", needed.jobLists);
  }
  return [...found].map(([reason, times]) => `${reason} (${count(times, "difference")})`);
}
