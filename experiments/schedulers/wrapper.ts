import { z } from "zod";
import { Failure } from "../../base/failure";
import { shellQuote } from "../../base/quote";
import { shellFile } from "../../base/shell-script";

/** What a job does on its cores. */
export type JobBody = ProcessBody | HeldBody;

/** The allocation is held without a process, for `seconds`; who can do that needs no wrapper. */
interface HeldBody {
  readonly kind: "hold";
  readonly seconds: number;
}

/** What the wrapper runs. */
export type ProcessBody =
  /** Holds the allocation, uses no CPU. */
  | { readonly kind: "sleep"; readonly seconds: number }
  /** Keeps every allocated core busy until `seconds` after the wrapper's start. */
  | { readonly kind: "spin"; readonly seconds: number }
  /** A shell command, run once a job; its exit code is the job's. */
  | { readonly kind: "command"; readonly command: string }
  /** An MPI program: one rank on every allocated core, in a scratch directory of the job. */
  | {
      readonly kind: "mpi";
      /** Absolute path on every node. */
      readonly program: string;
      /** Input files by name, in the directory of rank 0. */
      readonly files: Readonly<Record<string, string>>;
      /** Name or shell pattern of the file that rank 0 leaves there, kept as `resultFile`. */
      readonly result: string;
    };

export const EVENTS_FILE = "events.jsonl";
export const WRAPPER_FILE = "job";
export const OUTPUT_DIRECTORY = "out";

/** Where an MPI job's result is once its end is noted, on its first node; absent: it left none. */
export function resultFile(directory: string, job: number): string {
  return `${directory}/${OUTPUT_DIRECTORY}/${job}.result`;
}

/** What the scheduler's job script tells the wrapper, as shell words. */
export interface WrapperCall {
  /** Directory of the run on the node. */
  readonly directory: string;
  readonly job: number;
  readonly body: JobBody;
  /** Shell expressions that the scheduler's environment answers when the job runs. */
  readonly schedulerJob: string;
  readonly nodeList: string;
  /** Cores of the job on each of these nodes; empty where the scheduler does not say. */
  readonly nodeCores: string;
  /** Runs a command once on every allocated core, such as `srun`; empty for none. */
  readonly everywhere: string;
  /**
   * Starts the command that follows as an MPI program of one rank a core, rank 0 on the node of the
   * wrapper, and ends with its exit code, such as `srun --mpi=pmix`.
   */
  readonly mpi: string;
  readonly cores: number;
}

const bodyWords: {
  readonly [Kind in ProcessBody["kind"]]: (
    body: Extract<ProcessBody, { kind: Kind }>,
    call: WrapperCall,
  ) => readonly (string | number)[];
} = {
  sleep: ({ seconds }) => [seconds],
  spin: ({ seconds }) => [seconds],
  command: ({ command }) => [shellQuote(command)],
  mpi: ({ program, files, result }, { mpi }) =>
    [mpi, program, result, ...Object.entries(files).flat()].map(shellQuote),
};

/** Throws Failure for a body without a process, which the scheduler would have to hold by itself. */
export function processBody(body: JobBody): ProcessBody {
  if (body.kind !== "hold") return body;
  throw new Failure("a job with the body hold has no process, and this scheduler starts one", {
    remedy: "set workload.body to sleep",
  });
}

/** The command line that runs the wrapper inside a job. Throws Failure for a body without a process. */
export function wrapperCommand(call: WrapperCall): string {
  const body = processBody(call.body);
  const words = bodyWords[body.kind] as (
    body: ProcessBody,
    call: WrapperCall,
  ) => readonly (string | number)[];
  return [
    `exec /bin/bash ${call.directory}/${WRAPPER_FILE}`,
    call.job,
    call.schedulerJob,
    call.nodeList,
    call.cores,
    call.nodeCores === "" ? "''" : call.nodeCores,
    shellQuote(call.everywhere),
    body.kind,
    ...words(body, call),
  ].join(" ");
}

/** The job wrapper, which is placed as `WRAPPER_FILE` in a run's directory. */
export const wrapperScript = shellFile(__dirname, "wrapper.sh");

const lineSchema = z.strictObject({
  job: z.int().positive(),
  schedulerJob: z.string(),
  event: z.enum(["start", "end", "suspend", "resume"]),
  us: z.int().positive(),
  nodes: z.string(),
  nodeCores: z.string(),
  exitCode: z.int().nullable(),
});

/** What the wrapper saw; `at` in milliseconds on the clock of the job's first node. */
export interface WrapperEvent {
  readonly job: number;
  readonly schedulerJob: string;
  readonly event: "start" | "end" | "suspend" | "resume";
  readonly at: number;
  /** In the scheduler's own notation. */
  readonly nodes: string;
  /** Cores on each of them, in the scheduler's own notation; empty where it does not say. */
  readonly nodeCores: string;
  readonly exitCode: number | null;
}

/** One line of the wrapper's file; null when it is not one. */
export function parseWrapperLine(line: string): WrapperEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) return null;
  const { us, ...rest } = parsed.data;
  return { ...rest, at: us / 1000 };
}
