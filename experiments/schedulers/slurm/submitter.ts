import { shellQuote } from "../../../base/quote";
import { shellScript } from "../../../base/shell-script";
import type { SubmitAnswer } from "../adapter";

/** One lane; to be run as the submitting user, in the run's directory on the controller. */
export function submitterCommand(directory: string, lane: number): string {
  return shellScript(__dirname, ["submitter.sh"], [directory, lane]);
}

/** Finds out what became of submissions; `end`: the lanes of calls without an answer are ended. */
export function settleCommand(directory: string, mode: "end" | "leave"): string {
  return shellScript(__dirname, ["lanes.sh", "settle.sh"], [directory, mode]);
}

/** Ends what former runs left; `base` holds the runs' directories. */
export function fenceCommand(base: string): string {
  return shellScript(__dirname, ["lanes.sh", "fence.sh"], [base]);
}

/** Makes room for claims and for the lanes' records: users write there, nobody replaces another's. */
export function claimsCommand(directory: string): string {
  const [claims, lanes] = ["claims", "lanes"].map((name) => shellQuote(`${directory}/${name}`));
  return `mkdir -p ${claims} ${lanes} && chmod 1777 ${claims} ${lanes}`;
}

/** The name of one submission on the controller: it has no blanks, and no two are the same. */
export function claimKey(job: number, submission: number): string {
  return `${job}.${submission}`;
}

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
/** A shell's exit code of a program that a signal ended. */
const SIGNALLED = 128;

/** One line for the submitter's stdin. The key comes back with the answer; it has no blanks. */
export function encodeSubmission(key: string, script: string): string {
  return `${key} ${script.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n`;
}

/** What a line says of one submission. */
export type SubmitterWord =
  | { readonly kind: "answer"; readonly key: string; readonly answer: SubmitAnswer }
  /** Another line of the key was first, or the key was revoked: sbatch was not called for this one. */
  | { readonly kind: "claimed"; readonly key: string }
  /** It never reached sbatch, and never will. */
  | { readonly kind: "revoked"; readonly key: string }
  /** sbatch was called, at a time in milliseconds where it is known; what it said is not. */
  | { readonly kind: "called"; readonly key: string; readonly at: number | null };

/**
 * One line of a submitter's or a settlement's stdout; null when it is none of these. sbatch may print
 * warnings around the job's number, which with federated clusters is `number;cluster`.
 */
export function parseWord(line: string): SubmitterWord | null {
  const [, key = "", word = "", time = ""] =
    /^(\d+\.\d+) (claimed|revoked|called)(?: (\d+[.,]\d+)?)?$/.exec(line) ?? [];
  if (word === "claimed" || word === "revoked") return { kind: word, key };
  if (word === "called") return { kind: word, key, at: time === "" ? null : milliseconds(time) };
  return parseAnswer(line);
}

function parseAnswer(line: string): SubmitterWord | null {
  const match = /^(\d+\.\d+) (\d+[.,]\d+) (\d+[.,]\d+) (\d+) (.*)$/.exec(line);
  if (match === null) return null;
  const [, key = "", before = "", after = "", code, text = ""] = match;
  const id = code === "0" ? text.split("; ").find((part) => /^\d+(;\w+)?$/.test(part)) : undefined;
  return {
    kind: "answer",
    key,
    answer: {
      startedAt: milliseconds(before),
      finishedAt: milliseconds(after),
      schedulerJob: id?.split(";")[0] ?? null,
      error: id === undefined ? text.trim() || `sbatch ended with code ${code}` : null,
      uncertain: id === undefined && (unanswered.test(text) || Number(code) > SIGNALLED),
    },
  };
}

function milliseconds(seconds: string): number {
  return Number(seconds.replace(",", ".")) * 1000;
}
