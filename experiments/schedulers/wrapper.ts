import { z } from "zod";
import { shellQuote } from "../../base/quote";

/** What a job does on its cores. */
export type JobBody =
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
  readonly [Kind in JobBody["kind"]]: (
    body: Extract<JobBody, { kind: Kind }>,
    call: WrapperCall,
  ) => readonly (string | number)[];
} = {
  sleep: ({ seconds }) => [seconds],
  spin: ({ seconds }) => [seconds],
  command: ({ command }) => [shellQuote(command)],
  mpi: ({ program, files, result }, { mpi }) =>
    [mpi, program, result, ...Object.entries(files).flat()].map(shellQuote),
};

/** The command line that runs the wrapper inside a job. */
export function wrapperCommand(call: WrapperCall): string {
  const { body } = call;
  const words = bodyWords[body.kind] as (
    body: JobBody,
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

/**
 * The job wrapper: notes start and end with the node's own clock, whatever the scheduler says. Each
 * event is one write to a file opened for appending, so that lines of several jobs cannot mix. The
 * body runs in the background because bash sees a signal only between commands: a job that is
 * cancelled or over its limit still writes its end, with exit code 128 + signal.
 */
export function wrapperScript(directory: string): string {
  return `#!/bin/bash
job=$1 scheduler_job=$2 nodes=$3 cores=$4 node_cores=$5
shift 5
everywhere=$1 kind=$2 argument=$3
directory=${directory}

# EPOCHREALTIME has microseconds, with the locale's decimal mark: without it they are an integer.
note() {
  printf '{"job":%d,"schedulerJob":"%s","event":"%s","us":%s,"nodes":"%s","nodeCores":"%s","exitCode":%s}\\n' \\
    "$job" "$scheduler_job" "$1" "\${EPOCHREALTIME/[.,]/}" "$nodes" "$node_cores" "$2" >>"$directory/${EVENTS_FILE}"
}

bodies=()
finish() {
  trap '' TERM INT HUP
  note end "$1"
  kill -TERM "\${bodies[@]}" 2>/dev/null
  exit "$1"
}

# A scheduler that suspends a job sends TSTP and then stops it for certain; CONT ends the suspension.
signalled=
trap 'signalled=1; note suspend null' TSTP
trap 'signalled=1; note resume null' CONT
trap 'finish 143' TERM
trap 'finish 130' INT
trap 'finish 129' HUP

note start null
started=\${EPOCHREALTIME/[.,]/}

microseconds() {
  local whole=\${1%%.*} part=
  [[ $1 == *.* ]] && part=\${1#*.}
  part=\${part}000000
  echo $((10#\${whole:-0} * 1000000 + 10#\${part:0:6}))
}

case $kind in
  sleep) sleep "$argument" & bodies+=($!) ;;
  spin)
    until=$((started + $(microseconds "$argument")))
    spin="while ((\\\${EPOCHREALTIME/[.,]/} < $until)); do :; done"
    # Alone on one node the cores need no launcher, whose own start would count as the job's.
    case $nodes in *[][,]*) ;; *) everywhere= ;; esac
    if [ -n "$everywhere" ]; then
      $everywhere /bin/bash -c "$spin" & bodies+=($!)
    else
      for ((core = 0; core < cores; core++)); do /bin/bash -c "$spin" & bodies+=($!); done
    fi ;;
  command) /bin/bash -c "$argument" & bodies+=($!) ;;
  mpi)
    launcher=$3 program=$4 pattern=$5
    shift 5
    scratch=$directory/${OUTPUT_DIRECTORY}/$job.mpi
    result=$directory/${OUTPUT_DIRECTORY}/$job.result
    # A job that was preempted may have left these.
    rm -rf "$scratch" "$result"
    mkdir "$scratch" || finish 73
    while (($# > 1)); do
      printf %s "$2" >"$scratch/$1"
      shift 2
    done
    # Only the first node has the directory yet. Cores may be shared: who waits gives way.
    rank='mkdir -p "$0" && cd "$0" && export TMPDIR=$0 &&
      export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_btl_tcp_if_include=eth0 && exec "$1"'
    $launcher /bin/bash -c "$rank" "$scratch" "$program" & bodies+=($!) ;;
  *) echo "unknown body $kind" >&2; finish 64 ;;
esac
code=0
for body in "\${bodies[@]}"; do
  # A signal with a trap ends the waiting, not the body.
  while signalled=; do
    wait "$body"
    ended=$?
    [ -n "$signalled" ] || break
  done
  [ "$ended" = 0 ] || code=$ended
done
# Before the end is noted: who sees it finds the result.
[ "$kind" != mpi ] || { cat "$scratch"/$pattern >"$result.part" && mv "$result.part" "$result"; } 2>/dev/null
finish "$code"
`;
}

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
