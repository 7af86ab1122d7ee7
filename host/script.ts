import { execa } from "execa";

/** For a process that does not end when it is asked to. */
const killSeconds = 5;
/** Of `timeout` when the time was over. */
const timeoutCode = 124;

export interface ScriptOptions {
  readonly seconds: number;
  /** Standard input; none unless said. */
  readonly input?: string;
}

/** How a script ended, with what it said on standard error. */
export interface ScriptEnd {
  readonly failed: boolean;
  readonly timedOut: boolean;
  readonly stderr: string;
  readonly shortMessage: string | undefined;
}

/**
 * Runs a bash script on this host, for `seconds` at most; then its children end as well. One that hangs, such
 * as a virsh whose daemon does not answer, would otherwise keep the script's locks, and its standard error,
 * for which the call would wait. Never throws.
 */
export async function runHostScript(
  script: string,
  { seconds, input }: ScriptOptions,
): Promise<ScriptEnd> {
  // `timeout` makes a process group of the script and ends all of it.
  const { failed, exitCode, signal, stderr, shortMessage } = await execa(
    "timeout",
    [`--kill-after=${killSeconds}`, String(seconds), "/bin/bash", "-c", script],
    {
      reject: false,
      stdout: "ignore",
      ...(input === undefined ? { stdin: "ignore" } : { input }),
    },
  );
  // When it has to kill, it kills itself along with the group.
  const timedOut = exitCode === timeoutCode || signal === "SIGKILL";
  return { failed, timedOut, stderr, shortMessage };
}
