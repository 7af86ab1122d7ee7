import Table from "cli-table3";
import type { SchedulerKind } from "../../spec/scheduler";
import type { Moment } from "./plan";
import type { RoundResult } from "./round";

export type Played = RoundResult & { readonly scheduler: SchedulerKind };

/** One line a fault: how often it struck, what became of the jobs, and what repaired it. */
export function faultTable(results: readonly Played[]): string {
  const table = new Table({
    head: ["fault", "scheduler", "rounds", "lost", "doubled", "orphans", "wrong", "repaired by"],
    style: { head: [], border: [] },
  });
  const keys = [...new Set(results.map(({ round, scheduler }) => `${round.fault}|${scheduler}`))];
  for (const key of keys.sort()) {
    const [fault = "", scheduler = ""] = key.split("|");
    const own = results.filter(
      (result) => result.round.fault === fault && result.scheduler === scheduler,
    );
    const sum = (part: "lost" | "doubled" | "orphans" | "wrong") =>
      own.reduce((total, result) => total + result[part].length, 0);
    const repairs = count(own.map(({ repairedBy }) => repairedBy));
    table.push([
      fault,
      scheduler,
      own.length,
      sum("lost"),
      sum("doubled"),
      sum("orphans"),
      sum("wrong"),
      [...repairs].map(([what, times]) => `${what} (${times})`).join(", "),
    ]);
  }
  return table.toString();
}

/** One line for a round that is over. */
export function roundLine(result: Played): string {
  const { round, scheduler, ended, seconds } = result;
  const trouble = troubles(result);
  return [
    `round ${round.number} (${scheduler}): ${round.fault} ${momentText(round.moment)}`,
    `run ${ended}, ${result.repairedBy}`,
    trouble.length === 0 ? "nothing lost" : trouble.join("; "),
    `${seconds.toFixed(0)} s`,
  ].join(" | ");
}

export function troubles({ lost, doubled, orphans, wrong }: RoundResult): string[] {
  return [
    ...lost.map((what) => `lost: ${what}`),
    ...doubled.map((what) => `doubled: ${what}`),
    ...orphans.map((what) => `orphan: ${what}`),
    ...wrong.map((what) => `wrong: ${what}`),
  ];
}

function momentText(moment: Moment): string {
  return moment.kind === "started"
    ? `${moment.seconds.toFixed(1)} s after the start`
    : `when job ${moment.jobs} was due`;
}

function count(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
