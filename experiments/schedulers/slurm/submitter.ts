import { shellScript } from "../../../base/shell-script";
import { clockPath } from "../../../spec/clock";
import type { SubmitCall } from "../lanes/claims";
import type { Submitter } from "../lanes/submission";
import { renderDescription } from "./description";
import { perlProgram } from "./perl";
import { renderScript, type ScriptContext } from "./script";

/**
 * sbatch's words when slurmctld was away or too slow, not when it said no: Slurm's own of its network
 * layer (slurm_errno.c), and those that the C library has for a connection that fails (errno(3)).
 */
const unanswered = new RegExp(
  [
    "Unable to contact slurm controller",
    "Slurm backup controller in standby mode",
    "Slurm temporarily unable to accept job",
    "Unexpected message received",
    "Insane message length",
    "Zero Bytes were transmitted",
    "(Socket|Connection|Operation) timed out",
    "Connection (refused|reset by peer|aborted)|connection abort",
    "Broken pipe",
    "No route to host",
    "(Network|Host|Network dropped connection).*(unreachable|down|reset)",
    "endpoint is not connected",
    "Resource temporarily unavailable",
    "Cannot allocate memory",
    "Interrupted system call",
  ].join("|"),
  "i",
);

/**
 * sbatch may print warnings around the job's number, which with federated clusters is
 * `number;cluster`.
 */
export const sbatchCall: SubmitCall = {
  program: "sbatch",
  schedulerJob: (output) =>
    output
      .split("; ")
      .find((part) => /^\d+(;\w+)?$/.test(part))
      ?.split(";")[0],
  unanswered,
};

/** An sbatch waits for slurmctld's reply; so many keep it busy without piling up. */
const LANES = 4;
/** One in work and one at hand. */
const DEPTH = 2;

/** For slurmctld's next job to be at hand as soon as it has answered. */
const LIBRARY_DEPTH = 8;

/**
 * Submitters that hand jobs to slurmctld through its library, without a process for any of them: for
 * clusters so large that the starts of sbatch would be the limit.
 */
export function librarySubmitter(script: ScriptContext): Submitter {
  const { directory } = script;
  return {
    call: { ...sbatchCall, program: "Slurm's library" },
    directory,
    lanes: LANES,
    depth: LIBRARY_DEPTH,
    command: (lane) => perlProgram("submitter.pl", directory, lane, clockPath),
    render: (request, submission) => renderDescription(request, submission, script),
  };
}

/** Submitters that hand scripts to sbatch, one call at a time each. */
export function slurmSubmitter(script: ScriptContext): Submitter {
  const { directory } = script;
  return {
    call: sbatchCall,
    directory,
    lanes: LANES,
    depth: DEPTH,
    command: (lane) => shellScript(__dirname, ["submitter.sh"], [directory, lane]),
    render: (request, submission) => renderScript(request, submission, script),
  };
}
