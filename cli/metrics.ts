import Table from "cli-table3";
import type { Command } from "commander";
import type { LogMetrics } from "../analysis/metrics";
import { addLogOptions, type LogOptions, logArgument, strictness } from "./log-options";
import { seconds } from "./seconds";
import { wholeNumber } from "./whole-number";

interface MetricsOptions extends LogOptions {
  readonly procs?: number;
  readonly tau: number;
  readonly strict?: boolean;
  readonly json?: boolean;
}

export function registerMetrics(program: Command): void {
  const command = program
    .command("metrics")
    .description("compute the metrics of the schedule that a log records")
    .argument("<file>", logArgument)
    .option(
      "--procs <count>",
      "processors (default: the header's MaxProcs, else MaxNodes)",
      wholeNumber(1, 2 ** 31 - 1),
    )
    .option("--tau <seconds>", "least run time in the bounded slowdown", seconds, 10)
    .option("--strict", "refuse what the standard forbids")
    .option("--json", "one JSON object instead of a table");
  addLogOptions(command).action(async (file: string, options: MetricsOptions) => {
    const { logMetrics } = require("../analysis/metrics") as typeof import("../analysis/metrics");
    const { reportTo } = require("./progress") as typeof import("./progress");
    const { procs, tau, strict, format, timezone: zone } = options;
    const reading = strictness(strict);
    const result = await logMetrics(file, {
      procs,
      tau,
      ...reading,
      format,
      zone,
      report: reportTo(),
    });
    console.log(
      options.json ? JSON.stringify(forPrograms(result, tau), null, 2) : await table(result),
    );
  });
}

/** The run's metrics by name, with the reasons of the unknown ones; users, queues and the like are separate. */
function forPrograms(log: LogMetrics, tau: number) {
  const { metrics, records, jobs, procs, oddities, fairPolicy, tieRule, why } = log;
  const run = metrics.filter(({ scope }) => scope === "run");
  const subjects = (scope: string) => {
    const result: Record<string, Record<string, number | null>> = {};
    for (const metric of metrics) {
      if (metric.scope !== scope || metric.subject === null) continue;
      const figures = result[metric.subject] ?? {};
      figures[metric.name] = metric.value;
      result[metric.subject] = figures;
    }
    return result;
  };
  return {
    ...Object.fromEntries(run.map(({ name, value }) => [name, value])),
    reasons: Object.fromEntries(
      run.flatMap(({ name, value, reason }) => (value === null ? [[name, reason]] : [])),
    ),
    records,
    jobs,
    procs,
    tau,
    unfairness_policy: fairPolicy,
    tie_rule: tieRule,
    by_user: subjects("user"),
    by_queue: subjects("queue"),
    by_account: subjects("account"),
    by_qos: subjects("qos"),
    by_class: subjects("class"),
    by_policy: subjects("policy"),
    oddities: Object.fromEntries(oddities),
    format: why,
  };
}

async function table(log: LogMetrics): Promise<string> {
  const { metrics, records, jobs, procs, oddities, fairPolicy, tieRule, why } = log;
  const rows = new Table({
    head: ["metric", "value", "unit"],
    colAligns: ["left", "right", "left"],
    style: { head: [], border: [] },
  });
  const run = metrics.filter(({ scope }) => scope === "run");
  for (const { name, value, unit } of run) {
    if (value !== null) rows.push([name, figure(value), unit]);
  }
  const reasons = new Map<string, string[]>();
  for (const { name, value, reason } of run) {
    if (value === null) reasons.set(reason ?? "", [...(reasons.get(reason ?? "") ?? []), name]);
  }
  return [
    `${records} records of ${jobs} jobs, ${procs ?? "unknown"} processors; read as ${why}`,
    rows.toString(),
    `unfairness: against the fair starts of ${fairPolicy}; ${tieRule}`,
    ...[...reasons].map(([reason, names]) => `unknown: ${names.join(", ")}: ${reason}`),
    ...[...oddities].map(([name, count]) => `${count} × ${name}`),
  ].join("\n");
}

function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(8);
}
