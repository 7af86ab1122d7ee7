import { setTimeout as delay } from "node:timers/promises";
import { shellQuote } from "../../base/quote";
import { errorOf } from "../../base/thrown";
import { type Channel, type Executor, RemoteError } from "./executor";

export interface FollowOptions {
  readonly host: string;
  readonly file: string;
  readonly step: string;
  /** Bytes to pass over; what lies behind them is delivered first. */
  readonly offset: number;
  readonly onLine: (line: string) => void;
  /** A connection was lost and the stream is being taken up again. */
  readonly onInterruption?: (error: RemoteError) => void;
  /** The file could not be reached again within the resume limit, or `onLine` threw this. */
  readonly onFailure: (error: Error) => void;
  /** How long a lost stream is tried again; default 60 s. */
  readonly resumeMs?: number;
}

export interface Follow {
  /** Bytes of complete lines delivered so far, counted from the file's beginning. */
  readonly offset: () => number;
  close(): void;
}

const RESUME_MS = 60_000;
const RESUME_PAUSE_MS = 1_000;
/** tail falls back to looking at the file on overlay file systems; this bounds the delay there. */
const TAIL_INTERVAL_SECONDS = 0.3;

/**
 * Ends with its channel: bash holds stdin, and takes tail down when it closes. (tail alone would
 * outlive a lost connection until its next write.)
 */
function followCommand(file: string, offset: number): string {
  const tail = `tail -c +${offset + 1} -s ${TAIL_INTERVAL_SECONDS} -F ${shellQuote(file)} 2>/dev/null`;
  return `bash -c ${shellQuote(`${tail} & read -r _; kill $!`)}`;
}

/**
 * Delivers a file's lines as they are appended, each exactly once: after a lost connection it goes on
 * behind the last complete line. The file has to grow only, by whole lines.
 * @throws RemoteError when the first channel cannot be opened.
 */
export async function follow(executor: Executor, options: FollowOptions): Promise<Follow> {
  let { offset } = options;
  let closed = false;
  let channel: Channel;

  const open = () => {
    // Late lines of a channel that was given up must not count twice.
    let current = true;
    return executor
      .open(options.host, followCommand(options.file, offset), {
        step: options.step,
        onLine: (line) => {
          if (closed || !current) return;
          options.onLine(line);
          offset += Buffer.byteLength(line) + 1;
        },
      })
      .then((opened) => {
        opened.ended.then(() => {
          current = false;
        });
        return opened;
      });
  };

  const resume = async (): Promise<Channel | Error> => {
    const until = performance.now() + (options.resumeMs ?? RESUME_MS);
    for (;;) {
      try {
        return await open();
      } catch (error) {
        if (!(error instanceof RemoteError)) {
          return errorOf(error);
        }
        if (closed || performance.now() + RESUME_PAUSE_MS > until) return error;
      }
      await delay(RESUME_PAUSE_MS);
    }
  };

  const watch = async () => {
    for (;;) {
      const end = await channel.ended;
      if (closed) return;
      if (end.error !== undefined) {
        options.onFailure(end.error);
        return;
      }
      options.onInterruption?.(
        new RemoteError(end.code === null ? "connection lost" : `ended with code ${end.code}`, {
          host: options.host,
          step: options.step,
          command: "tail",
          exitCode: end.code,
          tail: end.stderr,
        }),
      );
      await delay(RESUME_PAUSE_MS);
      const next = closed ? undefined : await resume();
      if (next === undefined) return;
      if (next instanceof Error) {
        if (!closed) options.onFailure(next);
        return;
      }
      channel = next;
      if (closed) channel.close();
    }
  };

  channel = await open();
  const watching = watch();
  return {
    offset: () => offset,
    close: () => {
      closed = true;
      channel.close();
      watching.catch(() => {});
    },
  };
}
