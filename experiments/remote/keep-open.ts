import { setTimeout as delay } from "node:timers/promises";
import { errorOf } from "../../base/thrown";
import { type Channel, type Executor, RemoteError } from "./executor";

export interface KeepOpenOptions {
  readonly host: string;
  /** It ends when its standard input does. */
  readonly command: string;
  readonly step: string;
  readonly onLine: (line: string) => void;
  /** The connection was lost, or the command ended, and it is being started again. */
  readonly onInterruption: (error: RemoteError) => void;
  /** It could not be started again within the resume limit, or `onLine` threw this. */
  readonly onFailure: (error: Error) => void;
  /** How long a lost command is tried again; default 60 s. */
  readonly resumeMs?: number;
}

const RESUME_MS = 60_000;
const PAUSE_MS = 1_000;

/**
 * A command that prints lines for as long as it is wanted, started again whenever it or its connection
 * ends. What it would have printed in between is missed: each start has to begin with all that counts.
 * @throws RemoteError when the first channel cannot be opened.
 */
export async function keepOpen(
  executor: Executor,
  options: KeepOpenOptions,
): Promise<{ close(): void }> {
  const { host, command, step } = options;
  const start = () => executor.open(host, command, { step, onLine: options.onLine });
  const stop = new AbortController();
  const { signal } = stop;
  let channel: Channel = await start();

  const startAgain = async (): Promise<Channel | null> => {
    const until = performance.now() + (options.resumeMs ?? RESUME_MS);
    for (;;) {
      await delay(PAUSE_MS, undefined, { signal });
      try {
        return await start();
      } catch (error) {
        if (error instanceof RemoteError && performance.now() + PAUSE_MS < until) continue;
        if (!signal.aborted) options.onFailure(errorOf(error));
        return null;
      }
    }
  };
  const watch = async (): Promise<void> => {
    for (;;) {
      const { code, stderr, error } = await channel.ended;
      if (signal.aborted) return;
      if (error !== undefined) {
        options.onFailure(error);
        return;
      }
      const what = code === null ? "connection lost" : `ended with code ${code}`;
      options.onInterruption(
        new RemoteError(what, { host, step, command, exitCode: code, tail: stderr }),
      );
      const next = await startAgain();
      if (next === null) return;
      channel = next;
      if (signal.aborted) channel.close();
    }
  };
  // Rejects only when a pause is cut short by the end.
  watch().catch(() => {});
  return {
    close: () => {
      stop.abort();
      channel.close();
    },
  };
}
