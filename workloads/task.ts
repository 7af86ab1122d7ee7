import type { HpcgPlan } from "./hpcg/plan";
import type { HplPlan } from "./hpl/plan";

/** What a job of a workload does, before it is known on which nodes. */
export type Task =
  | { readonly kind: "sleep" }
  | { readonly kind: "spin" }
  | ({ readonly kind: "hpl" } & HplPlan)
  | ({
      readonly kind: "hpcg";
      /** On this host: holds `xhpcg`. */
      readonly directory: string;
      /** SHA-256 of all that the directory holds. */
      readonly programHash: string;
    } & HpcgPlan);

/** Exhaustive over the kinds: whether the ranks of a job start as one MPI program. */
const startsRanks: { readonly [Kind in Task["kind"]]: boolean } = {
  sleep: false,
  spin: false,
  hpl: true,
  hpcg: true,
};

/** Whether any of the tasks needs the scheduler to start MPI programs. */
export function needMpi(tasks: readonly Task[]): boolean {
  return tasks.some(({ kind }) => startsRanks[kind]);
}
