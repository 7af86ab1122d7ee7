import { isEmulated } from "./emulated";
import type { Problem } from "./problems";
import { specFacts } from "./schedulers/facts";
import type { ExperimentSpec } from "./spec";
import type { Workload } from "./workload";

/** A clock that goes faster than the host's, where something would keep to the host's. */
export function clockProblems({ topology, scheduler, workload, run }: ExperimentSpec): Problem[] {
  if (run.clock === undefined) return [];
  const path = "run.clock";
  const { name, clockCanBeAccelerated } = specFacts[scheduler.kind];
  const problems: Problem[] = [];
  if (!clockCanBeAccelerated) {
    problems.push({
      path,
      message: `expected real: ${name} does not take the time from the C library, so its clock cannot be accelerated`,
    });
  }
  if (!isEmulated(topology)) {
    problems.push({
      path,
      message:
        "expected real: jobs on real nodes take their real time; see topology.nodes.emulated",
    });
    return problems;
  }
  return [
    ...problems,
    ...bodies(workload)
      .filter(([, body]) => body !== undefined && body !== "hold")
      .map(([at, body]) => ({
        path: `${at}.body`,
        message: `expected hold with an accelerated clock, got ${body}: a process keeps to the host's clock`,
      })),
  ];
}

function bodies(workload: Workload): [string, string | undefined][] {
  const parts: [string, { readonly kind: string; readonly body?: string }][] =
    workload.kind === "mixed"
      ? Object.entries(workload.components).map(([name, part]) => [
          `workload.components.${name}`,
          part,
        ])
      : [["workload", workload]];
  return parts.map(([path, { body }]) => [path, body]);
}
