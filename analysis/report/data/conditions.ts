import { Failure } from "../../../host/failure";
import type { Inequality } from "./report";
import type { ReportRun } from "./run";

/**
 * Columns of the store's runs that have to be equal for their figures to be comparable. What a
 * configuration varies on purpose (topology, scheduler, policy) is not among them.
 */
const conditions = [
  "origin",
  "domain",
  "hypervisor_uri",
  "trace_hash",
  "seed",
  "bodies",
  "image_key",
  "node_kernel",
  "overcommit_cores",
  "overcommit_memory",
  "network_scale",
  "host_kernel",
  "host_cpu_model",
  "host_cores",
  "code_hash",
] as const;

/** The conditions in which the runs differ; throws Failure that lists them unless that is allowed. */
export function equalConditions(
  runs: readonly ReportRun[],
  allowUnequal: boolean,
): readonly Inequality[] {
  const found = conditions.flatMap((field) => {
    const values = Object.fromEntries(runs.map((run) => [run.id, text(run.row[field])]));
    return new Set(Object.values(values)).size > 1 ? [{ field, values }] : [];
  });
  if (found.length === 0 || allowUnequal) return found;
  throw new Failure(
    `the runs were made under unequal conditions: ${found.map(({ field }) => field).join(", ")}`,
    {
      detail: found.flatMap(differences).join("\n"),
      remedy:
        "choose runs that are comparable with --experiment or --runs, or compare them all the same with --allow-unequal",
    },
  );
}

/** One line for each value of a field. */
function differences({ field, values }: Inequality): string[] {
  return [...new Set(Object.values(values))].map((value) => {
    const [first, ...others] = Object.keys(values).filter((run) => values[run] === value);
    return `${field} ${value}: ${first}${others.length > 0 ? ` and ${others.length} more` : ""}`;
  });
}

function text(value: unknown): string {
  if (value === null || value === undefined) return "unknown";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
