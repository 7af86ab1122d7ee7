import path from "node:path";
import pino from "pino";
import pretty from "pino-pretty";
import { runFiles } from "../store/record";

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

/** JSON to the run's log file, readable lines to `print`. Lines are written before the call returns. */
export function createRunLogger(runDirectory: string, options: LoggerOptions): Logger {
  const streams: pino.StreamEntry[] = [
    {
      level: "debug",
      stream: pino.destination({ dest: path.join(runDirectory, runFiles.log), sync: true }),
    },
  ];
  const { print } = options;
  if (print !== null) {
    const format = pretty.prettyFactory({
      colorize: options.color ?? false,
      translateTime: "SYS:HH:MM:ss",
      // The message says what happened; the stack is for the file.
      ignore: "pid,hostname,run,err",
      singleLine: true,
    });
    streams.push({ level: options.level, stream: { write: (line) => print(format(line)) } });
  }
  return pino(
    {
      level: "debug",
      redact: {
        paths: secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: "[redacted]",
      },
    },
    pino.multistream(streams),
  );
}
