import type { HpcgPlan } from "./hpcg/plan";
import type { HplPlan } from "./hpl/plan";

/** What a job of a workload does, before it is known on which nodes. */
export type Task =
  | { readonly kind: "sleep" }
  | { readonly kind: "spin" }
  /** Holds the allocation without a process: on emulated nodes. */
  | { readonly kind: "hold" }
  | ({ readonly kind: "hpl" } & HplPlan)
  | ({
      readonly kind: "hpcg";
      readonly program: HpcgProgram;
    } & HpcgPlan);

/** Where HPCG comes from. */
export type HpcgProgram =
  | {
      readonly from: "directory";
      /** On this host: holds `xhpcg`. */
      readonly directory: string;
      /** SHA-256 of all that the directory holds. */
      readonly hash: string;
    }
  | {
      readonly from: "image";
      /** On the nodes. */
      readonly path: string;
    };

/** Exhaustive over the kinds: whether the ranks of a job start as one MPI program. */
const startsRanks: { readonly [Kind in Task["kind"]]: boolean } = {
  sleep: false,
  spin: false,
  hold: false,
  hpl: true,
  hpcg: true,
};

/** What the tasks want of the nodes. */
export interface NodeNeeds {
  /** The scheduler starts MPI programs. */
  readonly mpi: boolean;
  /** Absolute paths that packages from outside Debian have to bring. */
  readonly programs: readonly string[];
}

/** The programs of the user's that these tasks start, of one origin; a program of several tasks comes as often. */
export function programsFrom<From extends HpcgProgram["from"]>(
  tasks: readonly Task[],
  from: From,
): Extract<HpcgProgram, { from: From }>[] {
  const programs = tasks.flatMap((task) => (task.kind === "hpcg" ? [task.program] : []));
  return programs.filter(
    (program): program is Extract<HpcgProgram, { from: From }> => program.from === from,
  );
}

export function nodeNeeds(tasks: readonly Task[]): NodeNeeds {
  const programs = programsFrom(tasks, "image").map(({ path }) => path);
  return {
    mpi: tasks.some(({ kind }) => startsRanks[kind]),
    programs: [...new Set(programs)].sort(),
  };
}
