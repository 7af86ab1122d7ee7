import type { TraceWorkload } from "../spec/workload";
import type { OpenOptions } from "./logs/open";
import type { JobLog } from "./swf/log";

/** How a log is read whose bad rows a workload refuses or leaves out; `key` is the one that says so. */
export function readingOf(
  choice: TraceWorkload["badRows"],
  key: string,
): Pick<OpenOptions, "mode" | "badRowsRemedy"> {
  return choice === "leave-out"
    ? { mode: "tolerant" }
    : {
        mode: "strict",
        badRowsRemedy: `set ${key} to leave-out, which leaves bad rows out and counts them`,
      };
}

/** For a person; empty after a strict reading. The log has been read to its end. */
export function badRowNotes({ badRows = new Map() }: JobLog): string[] {
  return [...badRows].map(([what, count]) => `bad rows of the trace: ${count} × ${what}`);
}
