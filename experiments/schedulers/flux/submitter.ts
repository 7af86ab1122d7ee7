import { clockPath } from "../../../spec/clock";
import type { SubmitCall } from "../lanes/claims";
import type { Submitter } from "../lanes/submission";
import { type JobspecContext, renderJobspec } from "./jobspec";
import { fluxPython } from "./python";

/** What submitter.py and the C library say when the broker is away, not when Flux said no. */
const unanswered = new RegExp(
  [
    "cannot reach the broker",
    "No route to host",
    "Connection (refused|reset by peer|aborted)|connection abort",
    "Broken pipe",
    "(Socket|Connection|Operation) timed out",
    "Function not implemented",
    "Resource temporarily unavailable",
    "Cannot allocate memory",
    "Interrupted system call",
    "endpoint is not connected",
  ].join("|"),
  "i",
);

const fluxCall: SubmitCall = {
  program: "flux job submit",
  schedulerJob: (output) => (/^f[1-9A-HJ-NP-Za-km-z]+$/.test(output) ? output : undefined),
  unanswered,
};

/** Flux takes many jobs in the time of one, over one connection; more of them do not make it faster. */
const LANES = 1;
const DEPTH = 64;

/** Submitters that hand jobspecs to Flux, all that are at hand together. */
export function fluxSubmitter(context: JobspecContext): Submitter {
  const { directory } = context;
  return {
    call: fluxCall,
    directory,
    lanes: LANES,
    depth: DEPTH,
    command: (lane) => fluxPython("submitter.py", directory, lane, clockPath),
    render: (request, submission) => renderJobspec(request, submission, context),
  };
}
