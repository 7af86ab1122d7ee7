import path from "node:path";
import pino from "pino";
import pretty from "pino-pretty";
import { runFiles } from "../../store/record";

export type Logger = pino.Logger;

/** Field names whose values never reach a log, at any depth up to two. */
const secretFields = ["privateKey", "password", "token", "secret", "passphrase"];

export interface LoggerOptions {
  /** Lowest level shown on the terminal; the file has everything from debug on. */
  readonly level: pino.Level;
  /** Where readable lines go; null for nowhere. */
  readonly print: ((text: string) => void) | null;
  readonly color?: boolean;
}

export interface RunLogger {
  readonly logger: Logger;
  /** Nothing is logged after it. */
  close(): Promise<void>;
}

/**
 * JSON to the run's log file, readable lines to `print`. Lines are written before the call returns. A
 * log that cannot be written is told of once, and ends nothing: the records matter more.
 */
export function createRunLogger(runDirectory: string, options: LoggerOptions): RunLogger {
  const { print } = options;
  const file = path.join(runDirectory, runFiles.log);
  const destination = pino.destination({ dest: file, sync: true });
  let told = false;
  // Unheard it would be thrown at whoever logs, such as what reports that the disk is full.
  destination.on("error", (error: Error) => {
    if (!told) print?.(`${file} cannot be written: ${error.message}\n`);
    told = true;
  });
  const streams: pino.StreamEntry[] = [{ level: "debug", stream: destination }];
  if (print !== null) {
    const format = pretty.prettyFactory({
      colorize: options.color ?? false,
      translateTime: "UTC:HH:MM:ss'Z'",
      // The message says what happened; the stack is for the file.
      ignore: "pid,hostname,run,err",
      singleLine: true,
    });
    streams.push({ level: options.level, stream: { write: (line) => print(format(line)) } });
  }
  const logger = pino(
    {
      level: "debug",
      redact: {
        paths: secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: "[redacted]",
      },
    },
    pino.multistream(streams),
  );
  const close = () =>
    new Promise<void>((resolve) => {
      destination.once("close", () => resolve());
      destination.destroy();
    });
  return { logger, close };
}
