import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { repoRoot } from "../../base/paths";
import type { Handle } from "../../infra/handle";
import { runFiles, runRecordSchema } from "../../store/record";
import type { RunEnd } from "./workspace";

const printedSchema = z.object({
  runs: z.array(
    z.object({
      directory: z.string(),
      status: z.enum(["completed", "failed", "interrupted"]),
      reason: z.string().nullable(),
    }),
  ),
});

/** Lines of the runner's words that explain why there was no run. */
const TAIL_LINES = 8;

export interface RunnerResult {
  readonly end: RunEnd;
  /** Whether the runner could load the run into the store. */
  readonly loaded: boolean;
}

/**
 * Runs the handle's workload by `schedlab run`, in a process of its own: a harness must not be held up by
 * what others do, and outlives a driver that is killed. The handle, which holds the access key, goes by
 * standard input. What the runner says goes into `log`. On an abort the run is interrupted in order.
 */
export async function startRunner(
  handle: Handle,
  { log, stop }: { readonly log: string; readonly stop: AbortSignal },
): Promise<RunnerResult> {
  mkdirSync(path.dirname(log), { recursive: true });
  const child = execa(process.execPath, ["bin/schedlab.js", "run", "--handle", "-"], {
    cwd: repoRoot,
    input: JSON.stringify(handle),
    reject: false,
    // Not in the terminal's group of processes, which Ctrl-C reaches as a whole.
    detached: true,
  });
  child.stderr.on("data", (text: Buffer) => appendFileSync(log, text));
  const interrupt = () => void child.kill("SIGINT");
  stop.addEventListener("abort", interrupt, { once: true });
  if (stop.aborted) interrupt();
  try {
    const { stdout, stderr, exitCode, signal } = await child;
    const printed = printedOutcome(stdout);
    if (printed === null) {
      const why = stderr.trim().split("\n").slice(-TAIL_LINES).join("\n");
      const ended =
        signal === undefined ? `ended with exit code ${exitCode}` : `was ended by ${signal}`;
      return { end: { kind: "unknown", reason: `the runner ${ended}: ${why}` }, loaded: false };
    }
    const { status, reason, directory } = printed;
    const loaded = status !== "completed" || exitCode === 0;
    return { end: { kind: "ended", status, reason, seconds: secondsOf(directory) }, loaded };
  } finally {
    stop.removeEventListener("abort", interrupt);
  }
}

function printedOutcome(stdout: string): z.infer<typeof printedSchema>["runs"][number] | null {
  try {
    return printedSchema.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).runs[0] ?? null;
  } catch {
    return null;
  }
}

/** Of the host; the record has the scheduler's. */
function secondsOf(directory: string): number | null {
  try {
    const text = readFileSync(path.join(directory, runFiles.run), "utf8");
    const { startedAt, finishedAt, provenance } = runRecordSchema.parse(JSON.parse(text));
    return finishedAt === null ? null : (finishedAt - startedAt) / 1000 / provenance.clockFactor;
  } catch {
    return null;
  }
}
