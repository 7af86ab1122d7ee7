import { shellScript } from "../../../base/shell-script";
import type { Internals } from "../foretold";
import { schedulerMetricsPort } from "./membership";

/** A session of Volcano's scheduler from its opening to its end, and each action in it. */
export const sessionMetric = "volcano_e2e_scheduling_latency_milliseconds";
export const actionMetric = "volcano_action_scheduling_latency_milliseconds";
const attemptMetric = "volcano_schedule_attempts_total";
const preemptionMetric = "volcano_total_preemption_attempts";

/** Prints what the scheduler publishes under names that begin with one of these words. */
export function metricsCommand(...words: readonly string[]): string {
  return shellScript(__dirname, ["metrics.sh"], [schedulerMetricsPort, ...words]);
}

export const internalsCommand = metricsCommand(
  sessionMetric,
  actionMetric,
  attemptMetric,
  preemptionMetric,
);

/** `name{label="value"} number`, with one label or none. */
const LINE = /^(\w+?)(?:\{\w+="([^"]*)"\})? (\S+)$/;

/**
 * Counters in Prometheus' text format since the scheduler's start: sessions and actions with the milliseconds that
 * they took together, attempts to place a task by their result, and attempts to preempt. Other lines are passed over.
 */
export function parseInternals(text: string): Internals {
  const values: Record<string, number> = {};
  for (const line of text.split("\n")) {
    const [, metric = "", label = "", value] = LINE.exec(line.trim()) ?? [];
    const name = nameOf(metric, label);
    if (name !== null && Number.isFinite(Number(value))) values[name] = Number(value);
  }
  return values;
}

function nameOf(metric: string, label: string): string | null {
  if (metric === `${sessionMetric}_sum`) return "sessions_total_ms";
  if (metric === `${sessionMetric}_count`) return "sessions";
  if (metric === preemptionMetric) return "preemption_attempts";
  if (label === "") return null;
  if (metric === `${actionMetric}_sum`) return `action_${label}_total_ms`;
  if (metric === `${actionMetric}_count`) return `action_${label}_calls`;
  if (metric === attemptMetric) return `attempts_${label}_tasks`;
  return null;
}
