import { hpcgInput, hpcgInputFile, hpcgOutputFiles, hpcgProgram } from "../../workloads/hpcg/plan";
import { hpccInput, hpccInputFile, hpccOutputFile, hpccProgram } from "../../workloads/hpl/input";
import type { WorkloadJob } from "../../workloads/job";
import type { Task } from "../../workloads/task";
import type { JobBody } from "../schedulers/wrapper";

/** Directories with programs of the user's: where each lies on the nodes. */
export type Programs = ReadonlyMap<string, string>;

type Bodies = {
  readonly [Kind in Task["kind"]]: (
    task: Extract<Task, { kind: Kind }>,
    job: WorkloadJob,
    programs: Programs,
  ) => JobBody;
};

const bodies: Bodies = {
  sleep: (_, job) => ({ kind: "sleep", seconds: job.runSeconds }),
  spin: (_, job) => ({ kind: "spin", seconds: job.runSeconds }),
  hold: (_, job) => ({ kind: "hold", seconds: job.runSeconds }),
  hpl: (task) => ({
    kind: "mpi",
    program: hpccProgram,
    files: { [hpccInputFile]: hpccInput(task) },
    result: hpccOutputFile,
  }),
  hpcg: (task, _, programs) => ({
    kind: "mpi",
    program:
      task.program.from === "image"
        ? task.program.path
        : `${programs.get(task.program.directory)}/${hpcgProgram}`,
    files: { [hpcgInputFile]: hpcgInput(task) },
    result: hpcgOutputFiles,
  }),
};

/** What one job of the workload does once it runs. */
export function jobBody(task: Task, job: WorkloadJob, programs: Programs): JobBody {
  const body = bodies[task.kind] as (task: Task, job: WorkloadJob, programs: Programs) => JobBody;
  return body(task, job, programs);
}
