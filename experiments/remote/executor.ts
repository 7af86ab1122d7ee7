import { Failure } from "../../base/failure";

/** What every remote call names: the step for people, and how long it may take. */
interface CallOptions {
  /** What the command is for, as it appears in an error: `place the job wrapper`. */
  readonly step: string;
  /** Runs the command as this Unix user instead of the login user. */
  readonly user?: string;
}

export interface RunOptions extends CallOptions {
  /** Milliseconds from the call to its end, connecting included. */
  readonly deadlineMs: number;
  readonly stdin?: string;
  readonly onStdoutLine?: (line: string) => void;
  readonly onStderrLine?: (line: string) => void;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Wall time of the call on the harness's clock. */
  readonly ms: number;
}

export interface OpenOptions extends CallOptions {
  /**
   * One call per complete line, without its newline; a last line without newline is dropped. What it
   * throws ends the channel, and is the `error` of its end.
   */
  readonly onLine: (line: string) => void;
}

/** How a channel ended: with the command's exit code, or null when the connection went away. */
export interface ChannelEnd {
  readonly code: number | null;
  readonly stderr: string;
  /** What the handler of its lines threw, which ended it. */
  readonly error?: Error;
}

/** A command that lives until it is closed, the command ends, or the connection is lost. */
export interface Channel {
  /** Writes to the command's stdin; lost without an error when the channel has ended. */
  write(text: string): void;
  /** Ends stdin, then the channel. Safe to repeat. */
  close(): void;
  /** Settles once, never rejects. */
  readonly ended: Promise<ChannelEnd>;
}

/** Commands on the nodes of one cluster, by node name. */
export interface Executor {
  /**
   * Runs a command to its end. A non-zero exit code is a result, not an error.
   * @throws RemoteError when the node cannot be reached, the connection is lost, the command dies
   * of a signal, or the deadline passes; what a handler of its lines throws.
   */
  run(host: string, command: string, options: RunOptions): Promise<RunResult>;
  /** @throws RemoteError when the node cannot be reached or refuses the channel. */
  open(host: string, command: string, options: OpenOptions): Promise<Channel>;
  /** Ends the connections to a node that goes down; a later call makes new ones. */
  disconnect(host: string): void;
  /** Closes every connection; open channels end with code null. */
  close(): void;
}

export interface RemoteErrorFields {
  readonly host: string;
  readonly step: string;
  readonly command: string;
  readonly exitCode?: number | null;
  /** Last lines of the command's output. */
  readonly tail?: string;
  readonly remedy?: string;
  readonly cause?: unknown;
}

const TAIL_LINES = 20;
const COMMAND_LENGTH = 200;

/** A command that could not be run, or did not end as it had to. */
export class RemoteError extends Failure {
  readonly host: string;
  readonly step: string;
  readonly command: string;
  readonly exitCode: number | null;
  readonly tail: string;

  constructor(what: string, fields: RemoteErrorFields) {
    const tail = fields.tail ?? "";
    super(`${fields.host}: ${fields.step}: ${what}`, {
      ...(fields.remedy === undefined ? {} : { remedy: fields.remedy }),
      ...(tail === "" ? {} : { detail: tail }),
      ...(fields.cause === undefined ? {} : { cause: fields.cause }),
    });
    this.host = fields.host;
    this.step = fields.step;
    this.command = abbreviate(fields.command);
    this.exitCode = fields.exitCode ?? null;
    this.tail = tail;
  }
}

/** Runs a command that has to succeed. @throws RemoteError on a non-zero exit code too. */
export async function runChecked(
  executor: Executor,
  host: string,
  command: string,
  options: RunOptions,
): Promise<RunResult> {
  const result = await executor.run(host, command, options);
  if (result.code === 0) return result;
  throw new RemoteError(`exit code ${result.code}`, {
    host,
    step: options.step,
    command,
    exitCode: result.code,
    tail: tailOf(`${result.stdout}\n${result.stderr}`),
  });
}

export function tailOf(output: string): string {
  return output.trim().split("\n").slice(-TAIL_LINES).join("\n");
}

function abbreviate(command: string): string {
  return command.length <= COMMAND_LENGTH ? command : `${command.slice(0, COMMAND_LENGTH)}…`;
}
