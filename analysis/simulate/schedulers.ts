import { Conservative } from "./conservative";
import { Easy } from "./easy";
import { Fcfs } from "./fcfs";
import type { JobColumns } from "./job";
import type { Policy, Scheduler } from "./policy";

export const schedulers: Readonly<Record<Policy, (jobs: JobColumns, procs: number) => Scheduler>> =
  {
    fcfs: (jobs, procs) => new Fcfs(jobs, procs),
    easy: (jobs, procs) => new Easy(jobs, procs),
    conservative: (jobs, procs) => new Conservative(jobs, procs),
  };
