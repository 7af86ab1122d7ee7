import { shellQuote } from "../../../base/quote";
import { fluxFacts } from "../../../spec/schedulers/flux/facts";
import type { JobRequest } from "../adapter";
import type { JobDependency } from "../dependency";
import { jobName } from "../job-name";
import {
  type JobBody,
  OUTPUT_DIRECTORY,
  type ProcessBody,
  processBody,
  wrapperCommand,
} from "../wrapper";
import { constraintsOf, resourcesOf, submissionAttributes } from "./asks";

export interface JobspecContext {
  readonly runId: string;
  /** Directory of the run on every node. */
  readonly directory: string;
  /** The partitions have queues; a job that names none has the default one. */
  readonly queues: boolean;
  /** The nodes are emulated: a job is a timer of Flux, and nothing of it runs. */
  readonly emulated: boolean;
}

/** Version 1 of the jobspec (RFC 25), as JSON in one line, with a task a core. Memory is not in it. */
export function renderJobspec(
  request: JobRequest,
  submission: number,
  context: JobspecContext,
): string {
  const { job, after = [] } = request;
  const { runId, queues, emulated } = context;
  const { command, system } = emulated ? timed(request) : processes(request, context);
  return JSON.stringify({
    version: 1,
    resources: resourcesOf(job),
    tasks: [{ command, slot: "task", count: { total: job.cores } }],
    attributes: {
      system: {
        duration: timeLimit(job.limitSeconds),
        cwd: "/",
        environment: {
          PATH: "/usr/local/bin:/usr/bin:/bin",
          HOME: `/home/${job.user}`,
          USER: job.user,
        },
        job: { name: jobName(runId, job.id, submission) },
        ...(queues && job.partition !== undefined ? { queue: job.partition } : {}),
        ...constraintsOf(job),
        // RFC 26.
        ...(after.length === 0 ? {} : { dependencies: after.map(dependency) }),
        ...system,
      },
      ...submissionAttributes(job),
    },
  });
}

function dependency({ type, schedulerJob }: JobDependency) {
  return { scheme: type, value: schedulerJob };
}

/** What a job runs, and what Flux is told of that. */
interface Execution {
  readonly command: readonly string[];
  readonly system: object;
}

function processes({ job, body }: JobRequest, { directory }: JobspecContext): Execution {
  const output = { type: "file", path: `${directory}/${OUTPUT_DIRECTORY}/${job.id}` };
  return {
    command: ["/bin/bash", "-c", taskScript({ job, body }, directory)],
    system: {
      shell: {
        options: {
          // Tasks that have nothing to do end at once; the job ends with its first.
          "exit-timeout": "none",
          // Cores may be shared, and Flux's numbers of cores are not the host's.
          "cpu-affinity": "off",
          "gpu-affinity": "off",
          output: { stdout: output, stderr: output },
          ...(body.kind === "mpi" && job.cores > 1 ? { pmi: "pmix" } : {}),
        },
      },
    },
  };
}

/** Flux would let a job of no time at all run until its limit. */
const leastSeconds = 1e-6;

/** The command is not run: Flux's timer (`testexec`) ends the job. @throws RangeError for other bodies. */
function timed({ job, body }: JobRequest): Execution {
  if (body.kind !== "sleep" && body.kind !== "hold") {
    throw new RangeError(`job ${job.id}: ${body.kind} cannot run on emulated nodes`);
  }
  const duration = Math.max(leastSeconds, body.seconds).toFixed(6);
  return {
    command: ["sleep", String(body.seconds)],
    system: { exec: { test: { run_duration: `${duration}s` } } },
  };
}

/** Whole minutes, in seconds: what the other schedulers make of it. */
function timeLimit(seconds: number): number {
  const { limitResolutionSeconds } = fluxFacts;
  return Math.max(1, Math.ceil(seconds / limitResolutionSeconds)) * limitResolutionSeconds;
}

/** The first task is the job's wrapper; the others do what the body has for a core of its own. */
function taskScript({ job, body }: JobRequest, directory: string): string {
  const wrapper = wrapperCommand({
    directory,
    job: job.id,
    body,
    // Flux writes the letter with a hook; the records have its plain form.
    schedulerJob: '"${FLUX_JOB_ID/ƒ/f}"',
    nodeList: '"$HOSTNAME"',
    nodeCores: "",
    everywhere: "",
    mpi: "",
    // Each core has a task of its own.
    cores: 1,
  });
  if (job.cores === 1) return wrapper;
  return `if [ "$FLUX_TASK_RANK" = 0 ]; then ${wrapper}; fi\n${otherTask(body, directory, job.id)}`;
}

const otherTasks: {
  readonly [Kind in ProcessBody["kind"]]: (
    body: Extract<ProcessBody, { kind: Kind }>,
    scratch: string,
  ) => string;
} = {
  sleep: () => "exit 0",
  command: () => "exit 0",
  spin: ({ seconds }) =>
    [
      `until=$((\${EPOCHREALTIME/[.,]/} + ${Math.round(seconds * 1e6)}))`,
      "while ((${EPOCHREALTIME/[.,]/} < until)); do :; done",
    ].join("\n"),
  // As the wrapper starts the first rank.
  mpi: ({ program }, scratch) =>
    [
      `mkdir -p ${scratch} && cd ${scratch} && export TMPDIR=${scratch}`,
      "export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_btl_tcp_if_include=eth0",
      `exec ${shellQuote(program)}`,
    ].join("\n"),
};

function otherTask(asked: JobBody, directory: string, job: number): string {
  const body = processBody(asked);
  const scratch = `${directory}/${OUTPUT_DIRECTORY}/${job}.mpi`;
  return (otherTasks[body.kind] as (body: ProcessBody, scratch: string) => string)(body, scratch);
}
