import type { PolicyNode } from "../../../experiments/elastic/pressure";

/** When the pools of these tests are seen. */
export const minute = 60_000;

export function seen(
  queuedCores: number,
  runningCores: number,
  all: PolicyNode[],
  queuedNodes = 0,
) {
  return { at: minute, queuedCores, runningCores, queuedNodes, nodes: all };
}
