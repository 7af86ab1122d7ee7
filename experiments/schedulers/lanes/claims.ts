import { shellQuote } from "../../../base/quote";
import { shellScript } from "../../../base/shell-script";
import type { SubmitAnswer } from "../adapter";

/** How to read the answers of a scheduler's submit call. */
export interface SubmitCall {
  /** The program, for messages, such as `sbatch`. */
  readonly program: string;
  /** The job in its output; undefined where it names none. */
  readonly schedulerJob: (output: string) => string | undefined;
  /** Its words when the scheduler did not answer, not when it said no. */
  readonly unanswered: RegExp;
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

/** A shell's exit code of a program that a signal ended. */
const SIGNALLED = 128;

/** One line for the submitter's stdin. The key comes back with the answer; it has no blanks. */
export function encodeSubmission(key: string, script: string): string {
  return `${key} ${script.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n`;
}

/** What a line says of one submission. */
export type SubmitterWord =
  | { readonly kind: "answer"; readonly key: string; readonly answer: SubmitAnswer }
  /** Another line of the key was first, or the key was revoked: nothing was called for this one. */
  | { readonly kind: "claimed"; readonly key: string }
  /** It never reached the scheduler, and never will. */
  | { readonly kind: "revoked"; readonly key: string }
  /** The scheduler was called, at a time in milliseconds where it is known; what it said is not. */
  | { readonly kind: "called"; readonly key: string; readonly at: number | null };

/** One line of a submitter's or a settlement's stdout; null when it is none of these. */
export function parseWord(line: string, call: SubmitCall): SubmitterWord | null {
  const [, key = "", word = "", time = ""] =
    /^(\d+\.\d+) (claimed|revoked|called)(?: (\d+[.,]\d+)?)?$/.exec(line) ?? [];
  if (word === "claimed" || word === "revoked") return { kind: word, key };
  if (word === "called") return { kind: word, key, at: time === "" ? null : milliseconds(time) };
  return parseAnswer(line, call);
}

function parseAnswer(line: string, call: SubmitCall): SubmitterWord | null {
  const match = /^(\d+\.\d+) (\d+[.,]\d+) (\d+[.,]\d+) (\d+) (.*)$/.exec(line);
  if (match === null) return null;
  const [, key = "", before = "", after = "", code, text = ""] = match;
  const id = code === "0" ? call.schedulerJob(text) : undefined;
  return {
    kind: "answer",
    key,
    answer: {
      startedAt: milliseconds(before),
      finishedAt: milliseconds(after),
      schedulerJob: id ?? null,
      error: id === undefined ? text.trim() || `${call.program} ended with code ${code}` : null,
      uncertain: id === undefined && (call.unanswered.test(text) || Number(code) > SIGNALLED),
    },
  };
}

function milliseconds(seconds: string): number {
  return Number(seconds.replace(",", ".")) * 1000;
}
