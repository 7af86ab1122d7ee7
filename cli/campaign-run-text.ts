import Table from "cli-table3";
import { Failure } from "../base/failure";
import { shellQuote } from "../base/quote";
import type { DriveResult } from "../campaigns/drive/drive";
import type { DriveProgress } from "../campaigns/drive/options";
import { timeText } from "./campaign-plan-text";
import { Interrupted } from "./interrupt";

/** Lines for what changed since the last call: runs that began, and what remains. */
export function progressReport(report: (line: string) => void): (progress: DriveProgress) => void {
  const begun = new Set<number>();
  return ({ counts, busy, secondsLeft }) => {
    for (const { stack, with: what } of busy) {
      if (typeof what === "string" || begun.has(what.position)) continue;
      begun.add(what.position);
      const { done, planned, failed } = counts;
      report(
        `${done} of ${planned} done${failed === 0 ? "" : `, ${failed} failed`}, at least ` +
          `${timeText(secondsLeft)} left; run ${what.position} begins on ${stack}: ` +
          `${what.tuple.label}, repeat ${what.repeat}`,
      );
    }
  };
}

/** What became of the runs, and where the time went. */
export function summaryText(campaign: string, store: string, result: DriveResult): string {
  const { counts, services, wallSeconds, left } = result;
  const lines = [
    `campaign ${campaign}: ${counts.done} of ${counts.planned} runs done` +
      (counts.failed === 0 ? "" : `, ${counts.failed} failed`) +
      (counts.remaining === 0 ? "" : `, ${counts.remaining} remain`),
  ];
  const busy = services.filter(({ upSeconds, downSeconds }) => upSeconds + downSeconds > 0);
  if (busy.length > 0) lines.push(timeTable(busy), wholeText(busy, wallSeconds));
  if (left.length > 0) {
    lines.push(
      `still there: ${left.join(", ")}; npx schedlab campaign down ${campaign} --store ${shellQuote(store)} takes them down`,
    );
  }
  return lines.join("\n");
}

function timeTable(services: DriveResult["services"]): string {
  const table = new Table({
    head: ["cluster", "up (s)", "policy\n(s)", "runs", "runs (s)", "around\nthem (s)", "down (s)"],
    colAligns: ["left", "right", "right", "right", "right", "right", "right"],
    style: { head: [], border: [] },
  });
  for (const service of services) {
    const { stack, upSeconds, changeSeconds, runs, recordedSeconds, runSeconds, downSeconds } =
      service;
    table.push([
      stack,
      upSeconds.toFixed(1),
      changeSeconds.toFixed(1),
      String(runs),
      recordedSeconds.toFixed(1),
      Math.max(0, runSeconds - recordedSeconds).toFixed(1),
      downSeconds.toFixed(1),
    ]);
  }
  return table.toString();
}

/** The whole against its parts that cannot be saved: runs by their own records, and bring-ups. */
function wholeText(services: DriveResult["services"], wallSeconds: number): string {
  const sum = (part: (service: DriveResult["services"][number]) => number) =>
    services.reduce((total, service) => total + part(service), 0);
  const runs = sum(({ recordedSeconds }) => recordedSeconds);
  const ups = sum(({ upSeconds }) => upSeconds);
  const parts = runs + ups;
  const ratio = parts > 0 ? `, ${(wallSeconds / parts).toFixed(2)} times their sum` : "";
  return `${wallSeconds.toFixed(1)} s in all; runs ${runs.toFixed(1)} s and bring-ups ${ups.toFixed(1)} s${ratio}`;
}

/** Failed runs that are named one by one. */
const namedRuns = 10;

/** Why the campaign is not done; null when it is. */
export function shortfall(result: DriveResult): Failure | null {
  const { counts, endedBy, givenUp, problems } = result;
  const remain = `${counts.remaining} of ${counts.planned} runs remain`;
  const remedy = "the same command goes on with what remains";
  if (endedBy === "finish" || endedBy === "stop") {
    return new Interrupted(`interrupted: ${remain}`, { remedy });
  }
  const detail = [
    ...problems.map(({ stack, problem }) => `cluster ${stack}: ${problem}`),
    ...givenUp
      .slice(0, namedRuns)
      .map(
        ({ run, reason }) =>
          `run ${run.position} (${run.tuple.label}, repeat ${run.repeat}): ${reason ?? "failed in an earlier call"}`,
      ),
    ...(givenUp.length > namedRuns ? [`and ${givenUp.length - namedRuns} more`] : []),
  ].join("\n");
  const evidence = detail === "" ? {} : { detail };
  if (endedBy === "time" || endedBy === "runs") {
    return new Failure(`the budget of ${endedBy} is used up: ${remain}`, { remedy, ...evidence });
  }
  if (counts.failed > 0) {
    return new Failure(`${counts.failed} runs failed as often as they may be tried`, {
      ...evidence,
      remedy: "mend the cause; retry.failed=NUMBER allows more tries",
    });
  }
  if (problems.length > 0) {
    return new Failure(`clusters of the campaign failed: ${remain}`, { ...evidence, remedy });
  }
  return null;
}
