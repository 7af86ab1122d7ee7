import { Failure } from "../../base/failure";
import {
  actionMetric as actions,
  metricsCommand,
  sessionMetric as sessions,
} from "../../experiments/schedulers/kubernetes/internals";
import type { Ask, Cycle, CycleCounters } from "./cycle";

/** Sum, in milliseconds, and number of what was observed since the daemon started. */
interface Observed {
  readonly sum: number;
  readonly count: number;
}

/** By `session`, or `action NAME`. */
export type Histograms = ReadonlyMap<string, Observed>;

/**
 * The histograms that Volcano's scheduler publishes on the controller. They only grow, so the window is
 * the difference between its end and its beginning. Neither the last value nor the greatest can be had
 * from them.
 */
export function volcanoCounters(ask: Ask): CycleCounters {
  const script = metricsCommand(sessions, actions);
  const read = async () =>
    parseHistograms(await ask("read the metrics of Volcano's scheduler", script));
  let before: Histograms = new Map();
  return {
    async begin() {
      before = await read();
    },
    async end() {
      return cyclesBetween(before, await read());
    },
  };
}

/**
 * Sums and counts in Prometheus' text format; other lines are passed over.
 * @throws Failure when the sessions are not among them.
 */
export function parseHistograms(text: string): Histograms {
  const parts = new Map<string, { sum?: number; count?: number }>();
  for (const line of text.split("\n")) {
    const match = /^(\w+)_(sum|count)(?:\{action="([^"]*)"\})? (\S+)$/.exec(line.trim());
    if (match === null) continue;
    const [, metric, part, label, value] = match;
    const name =
      metric === sessions ? "session" : metric === actions && label ? `action ${label}` : null;
    if (name === null) continue;
    parts.set(name, { ...parts.get(name), [part as "sum" | "count"]: Number(value) });
  }
  if (!parts.has("session")) {
    throw new Failure(`Volcano's scheduler publishes no ${sessions}`, { detail: text });
  }
  return new Map([...parts].map(([name, { sum = 0, count = 0 }]) => [name, { sum, count }]));
}

/** A daemon that was started again in between has begun at 0. */
export function cyclesBetween(before: Histograms, after: Histograms): Cycle[] {
  return [...after].map(([name, now]) => {
    const then = before.get(name);
    const since = then === undefined || then.count > now.count ? { sum: 0, count: 0 } : then;
    const count = now.count - since.count;
    const meanMs = count === 0 ? null : (now.sum - since.sum) / count;
    return { name, count, meanMs, lastMs: null, maxMs: null };
  });
}
