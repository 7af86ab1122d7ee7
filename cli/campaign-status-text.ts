import Table from "cli-table3";
import type { CampaignStatus } from "../campaigns/status/status";
import { timeText } from "./campaign-plan-text";

/** Failed runs, and tuples, that are named one by one. */
const mostRows = 40;

/** The status for a person; `now` is milliseconds since the epoch. */
export function statusText(status: CampaignStatus, now: number): string {
  const { campaign, running, failed, tuples, unplanned, orderKept } = status;
  const table = new Table({
    head: ["tuple", "cluster", "done", "failed", "mean run (s)"],
    colAligns: ["left", "left", "right", "right", "right"],
    style: { head: [], border: [] },
  });
  for (const tuple of tuples.slice(0, mostRows)) {
    table.push([
      ...[tuple.label, tuple.stack, `${tuple.done} of ${tuple.planned}`],
      tuple.failed === 0 ? "" : String(tuple.failed),
      tuple.meanSeconds === null ? "–" : tuple.meanSeconds.toFixed(1),
    ]);
  }
  return [
    `campaign ${campaign}: ${countsText(status)}`,
    table.toString(),
    ...(tuples.length > mostRows ? [`and ${tuples.length - mostRows} more tuples`] : []),
    ...running.map(
      ({ position, label, repeat, stack, since, run }) =>
        `running: ${position} (${label}, repeat ${repeat}) on ${stack} for ` +
        `${timeText((now - Date.parse(since)) / 1000)}, run ${run}`,
    ),
    ...failed
      .slice(0, mostRows)
      .map(
        ({ position, label, repeat, tries, reason }) =>
          `failed: ${position} (${label}, repeat ${repeat}) after ${tries} tries: ${reason ?? "no reason known"}`,
      ),
    ...(failed.length > mostRows ? [`and ${failed.length - mostRows} more failed`] : []),
    ...(unplanned === 0
      ? []
      : [`${unplanned} completed runs are of tuples or repeats that the plan no longer has`]),
    `order: ${orderKept}`,
    driverText(status),
  ].join("\n");
}

/** "3 of 12 done, 1 running, 8 remain, at least 6 min left" */
export function countsText(status: CampaignStatus): string {
  const { done, planned, running, failed, remaining, secondsLeft } = status;
  return [
    `${done} of ${planned} done`,
    ...(running.length === 0 ? [] : [`${running.length} running`]),
    ...(failed.length === 0 ? [] : [`${failed.length} failed`]),
    ...(remaining === 0 ? [] : [`${remaining} remain`]),
    ...(remaining + running.length === 0 ? [] : [`at least ${timeText(secondsLeft)} left`]),
  ].join(", ");
}

function driverText({ driver, remaining, running }: CampaignStatus): string {
  if (driver !== null) {
    return `driven by process ${driver.pid} of ${driver.user} on ${driver.host}, since ${driver.since}`;
  }
  return remaining + running.length === 0
    ? "nothing remains to be done"
    : "nobody drives it; npx schedlab campaign run FILE goes on with what remains";
}
