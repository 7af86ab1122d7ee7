import { Failure } from "../base/failure";
import { type AskedFor, insistsOn, type JobAttribute, wordOf } from "../spec/job-attributes";
import { askFacts } from "../spec/schedulers/facts";
import type { ExperimentSpec } from "../spec/spec";
import type { Workload } from "../spec/workload";
import type { WorkloadJob } from "./job";

/** What jobs ask for, and how many of them do. */
export interface Asked extends AskedFor {
  readonly jobs: number;
  /** The first of them, by its number, and by that in its trace. */
  readonly first: Pick<WorkloadJob, "id" | "traceJob">;
}

const asksOf: {
  readonly [Attribute in JobAttribute]: (job: WorkloadJob) => string | true | undefined;
} = {
  memory: ({ memoryMiB }) => (memoryMiB === null ? undefined : true),
  gpus: ({ gpus }) => (gpus === 0 ? undefined : true),
  nodes: ({ nodes }) => (nodes === undefined ? undefined : true),
  constraint: ({ constraint }) => constraint,
  partition: ({ partition }) => partition,
  qos: ({ qos }) => qos,
  account: ({ account }) => account,
  priority: ({ priority }) => (priority === undefined ? undefined : true),
  eligible: ({ eligibleAfterSeconds }) => (eligibleAfterSeconds === undefined ? undefined : true),
};

/** What these jobs ask for beside cores, limit and user, each thing once. Pure. */
export function askedFor(jobs: readonly WorkloadJob[]): Asked[] {
  const found = new Map<string, Asked>();
  const attributes = Object.entries(asksOf) as [JobAttribute, (typeof asksOf)[JobAttribute]][];
  for (const job of jobs) {
    for (const [attribute, ask] of attributes) {
      const asked = ask(job);
      if (asked === undefined) continue;
      const value = asked === true ? null : asked;
      const key = `${attribute} ${value}`;
      const known = found.get(key);
      const first = known?.first ?? { id: job.id, traceJob: job.traceJob };
      found.set(key, { attribute, value, jobs: (known?.jobs ?? 0) + 1, first });
    }
  }
  return [...found.values()];
}

/**
 * A line for each thing that the scheduler cannot be asked for, so that its jobs run without it. Throws
 * Failure for what the user has said that jobs are to keep.
 */
export function unexpressed(
  asked: readonly Asked[],
  { scheduler, topology, workload }: Pick<ExperimentSpec, "scheduler" | "topology" | "workload">,
): string[] {
  const fromSite = scheduler.site !== undefined;
  return asked.flatMap((one) => {
    const { attribute, value, jobs, first } = one;
    const why = askFacts(scheduler, ({ cannotAsk }, policy) =>
      cannotAsk(policy, one, topology, fromSite),
    );
    if (why === null) return [];
    const what = `${wordOf(attribute)}${value === null ? "" : ` ${value}`}`;
    if (!insists(workload, attribute)) return [`${jobs} jobs run without their ${what}: ${why}`];
    const trace = first.traceJob === null ? "" : ` (${first.traceJob} in the trace)`;
    throw new Failure(
      `${jobs} jobs cannot ask for their ${what}, the first is job ${first.id}${trace}: ${why}`,
      { remedy: `leave ${attribute} out of workload.keep` },
    );
  });
}

function insists(workload: Workload, attribute: JobAttribute): boolean {
  const parts = workload.kind === "mixed" ? Object.values(workload.components) : [workload];
  return parts.some((part) => part.kind === "trace" && insistsOn(part.keep, attribute));
}
