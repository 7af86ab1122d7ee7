import { Failure } from "../base/failure";
import { insistsOn, type JobAttribute, keepsAttribute, wordOf } from "../spec/job-attributes";
import type { ReplayWorkload } from "../spec/workload";
import type { JobAsks } from "./asks";
import type { ClusterCapacity } from "./cluster";

/** Whether a workload's jobs keep an attribute that their log has; a model's log has none. */
export function keeps(workload: ReplayWorkload, attribute: JobAttribute): boolean {
  if (workload.kind !== "trace") return false;
  const { keep, memory } = workload;
  // Who drops the memory of a log drops all of it, wherever the log has it.
  if (attribute === "memory" && keep === undefined && memory === "drop") return false;
  return keepsAttribute(keep, attribute);
}

/** The partition of this cluster that the log names for a job; undefined where there is none of that name. */
export function keptPartition(
  workload: ReplayWorkload,
  { partitions = [] }: ClusterCapacity,
  asks: JobAsks | undefined,
): string | undefined {
  const name = asks?.partition;
  if (name === undefined || !keeps(workload, "partition")) return undefined;
  return partitions.some((partition) => partition.name === name) ? name : undefined;
}

interface Lost {
  readonly attribute: JobAttribute;
  readonly value: string;
  readonly why: string;
  jobs: number;
  /** Number in the log of the first of them. */
  readonly first: number;
}

/** What jobs asked for in their log and cannot ask for here, whatever the scheduler. */
export class LostAsks {
  private readonly lost = new Map<string, Lost>();

  /** `value` as in the log; `why` is the end of a sentence. */
  add(attribute: JobAttribute, value: string, why: string, job: number): void {
    const key = `${attribute} ${value} ${why}`;
    const known = this.lost.get(key);
    if (known === undefined) this.lost.set(key, { attribute, value, why, jobs: 1, first: job });
    else known.jobs += 1;
  }

  /** A line for each. Throws Failure for the first that the user insists on. */
  notes(workload: ReplayWorkload): string[] {
    const all = [...this.lost.values()];
    const keep = workload.kind === "trace" ? workload.keep : undefined;
    const refused = all.find(({ attribute }) => insistsOn(keep, attribute));
    if (refused !== undefined) {
      const { attribute, value, why, jobs, first } = refused;
      throw new Failure(
        `${jobs} jobs of the trace cannot keep their ${wordOf(attribute)} ${value}, the first is job ${first}: ${why}`,
        { remedy: `leave ${attribute} out of workload.keep, or change the topology` },
      );
    }
    return all.map(
      ({ attribute, value, why, jobs }) =>
        `${jobs} jobs of the trace do not keep their ${wordOf(attribute)} ${value}: ${why}`,
    );
  }
}
