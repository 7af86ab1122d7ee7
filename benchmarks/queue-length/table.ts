import Table from "cli-table3";
import type { Cycle } from "./cycle";
import type { Result, Row } from "./result";

const head = [
  "waiting",
  "seen",
  "places taken",
  "starts/s",
  "CPU ms a start",
  "empty place ms: mean",
  "median",
  "p99",
];

/** The rows as text, and below it the daemons and the scheduler's own cycles at each length. */
export function resultText(result: Result): string {
  const { scheduler, version, nodes, places, cores, meanSeconds, users, rows } = result;
  const table = new Table({
    head,
    colAligns: head.map(() => "right"),
    style: { head: [], border: [] },
  });
  for (const row of rows) table.push(cells(row));
  const resolution = rows[0]?.release.resolutionMs ?? 0;
  return [
    `${scheduler} ${version}: ${nodes} nodes with ${places} places of ${cores} cores, jobs of ${meanSeconds.toFixed(1)} s ` +
      `on the mean by ${users} users; the controller's daemons idle: ${(result.idleCores * 100).toFixed(1)} % of a core`,
    table.toString(),
    `CPU: daemons on the controller, for submission, start and end of a job. Moments are ${resolution} ms fine.`,
    ...rows.flatMap(details),
  ].join("\n");
}

function cells({ waiting, meanWaiting, busyShare, started, seconds, ...row }: Row): string[] {
  const { meanMs, medianMs, p99Ms } = row.release;
  return [
    String(waiting),
    meanWaiting.toFixed(0),
    `${(busyShare * 100).toFixed(1)} %`,
    (started / seconds).toFixed(2),
    row.cpuSecondsAJob === null ? "-" : (row.cpuSecondsAJob * 1000).toFixed(1),
    ms(meanMs),
    ms(medianMs),
    ms(p99Ms),
  ];
}

function details({ waiting, daemons, started, seconds, cycles, release }: Row): string[] {
  const used = daemons
    .filter(({ cpuSeconds }) => cpuSeconds > 0)
    .map(
      ({ daemon, place, cpuSeconds }) =>
        `${daemon}${place === "nodes" ? " on the nodes" : ""} ${cpuSeconds.toFixed(2)}`,
    );
  return [
    `${waiting} waiting, ${seconds.toFixed(0)} s, ${started} starts, ${release.pairs} pairs, ${release.open} open:`,
    `  CPU seconds: ${used.join(", ") || "none"}`,
    ...(cycles ?? []).map((cycle) => `  ${cycleText(cycle)}`),
    ...(cycles === null ? ["  the scheduler publishes no times of its own"] : []),
  ];
}

function cycleText({ name, count, meanMs, lastMs, maxMs }: Cycle): string {
  const parts = [
    `${name}: ${count ?? "?"} times`,
    `mean ${ms(meanMs)} ms`,
    ...(lastMs === null ? [] : [`last ${ms(lastMs)} ms`]),
    ...(maxMs === null ? [] : [`max ${ms(maxMs)} ms`]),
  ];
  return parts.join(", ");
}

function ms(value: number | null): string {
  if (value === null) return "-";
  return value.toFixed(value < 10 ? 2 : 0);
}
