import { asUser, shellQuote } from "../../base/quote";
import { errorOf } from "../../base/thrown";
import {
  type Channel,
  type Executor,
  type OpenOptions,
  RemoteError,
  type RunOptions,
  type RunResult,
  tailOf,
} from "./executor";
import { LineSplitter } from "./lines";
import { openStream, SshChannel } from "./ssh-channel";
import { SshLinks, type SshSettings, type SshTarget } from "./ssh-links";

/** Beyond the deadline, for the far end's own end of the command to arrive. */
const SILENCE_MS = 2_000;
/** 128 + SIGKILL, as a shell and `timeout` give it. */
const KILLED = 137;

/** Commands over SSH, all of a node's over the connections that they share. */
export class SshExecutor implements Executor {
  readonly #links: SshLinks;

  constructor(targets: readonly SshTarget[], settings: SshSettings) {
    this.#links = new SshLinks(targets, settings);
  }

  async run(host: string, command: string, options: RunOptions): Promise<RunResult> {
    const started = performance.now();
    const purpose = { step: options.step, command };
    const link = await this.#links.acquire(host, purpose, options.deadlineMs);
    const left = Math.max(1, options.deadlineMs - (performance.now() - started));
    const tooLate = `not done within ${options.deadlineMs / 1000} s`;
    let timer: NodeJS.Timeout | undefined;
    const silent = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new RemoteError(tooLate, { host, ...purpose }));
        // `timeout` on the node has not answered either, so nothing more will arrive.
        link.ssh.connection?.destroy();
      }, left + SILENCE_MS);
    });
    const output = new HandledOutput(options);
    try {
      const line = options.user === undefined ? command : asUser(options.user, command);
      const result = await Promise.race([
        silent,
        output.failed,
        link.ssh.execCommand(bounded(line, left), {
          noTrim: true,
          stdin: options.stdin ?? "",
          onChannel: (channel) => {
            // When a node goes away while stdin is being sent, the loss of the connection reports
            // it.
            channel.on("error", () => {});
            output.failed.catch(() => channel.close());
          },
          onStdout: (chunk) => output.stdout(chunk),
          onStderr: (chunk) => output.stderr(chunk),
        }),
      ]);
      const ms = performance.now() - started;
      const failure = {
        host,
        ...purpose,
        exitCode: result.code,
        tail: tailOf(`${result.stdout}\n${result.stderr}`),
      };
      const killed = result.signal !== null || result.code === KILLED;
      if (killed && ms >= options.deadlineMs) throw new RemoteError(tooLate, failure);
      if (result.signal !== null) throw new RemoteError(`killed by ${result.signal}`, failure);
      if (result.code === null) throw new RemoteError("connection lost", failure);
      return { code: result.code, stdout: result.stdout, stderr: result.stderr, ms };
    } catch (error) {
      if (error instanceof RemoteError || error === output.error) throw error;
      throw new RemoteError("connection lost", { host, ...purpose, cause: error });
    } finally {
      clearTimeout(timer);
      link.sessions -= 1;
    }
  }

  async open(host: string, command: string, options: OpenOptions): Promise<Channel> {
    const line = options.user === undefined ? command : asUser(options.user, command);
    const purpose = { step: options.step, command };
    const link = await this.#links.acquire(host, purpose, this.#links.connectDeadlineMs);
    try {
      const stream = await openStream(link.ssh, line);
      return new SshChannel(stream, options.onLine, () => {
        link.sessions -= 1;
      });
    } catch (error) {
      link.sessions -= 1;
      throw new RemoteError("the channel could not be opened", { host, ...purpose, cause: error });
    }
  }

  disconnect(host: string): void {
    this.#links.drop(host);
  }

  close(): void {
    this.#links.close();
  }
}

/** A command's output for its handlers, until one of them throws: that rejects `failed`. */
class HandledOutput {
  readonly failed: Promise<never>;
  error: unknown;
  readonly #stdout: LineSplitter;
  readonly #stderr: LineSplitter;
  #fail: (error: unknown) => void = () => {};

  constructor({ onStdoutLine = () => {}, onStderrLine = () => {} }: RunOptions) {
    this.#stdout = new LineSplitter(onStdoutLine);
    this.#stderr = new LineSplitter(onStderrLine);
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  stdout(chunk: Buffer): void {
    this.#take(this.#stdout, chunk);
  }

  stderr(chunk: Buffer): void {
    this.#take(this.#stderr, chunk);
  }

  #take(lines: LineSplitter, chunk: Buffer): void {
    if (this.error !== undefined) return;
    try {
      lines.push(chunk);
    } catch (thrown) {
      // Thrown on into ssh2 it would look like a lost connection.
      this.error = errorOf(thrown);
      this.#fail(this.error);
    }
  }
}

/**
 * The command, whose whole process group is killed after `ms`. sshd does not pass signals on for
 * root, so the deadline has to be enforced on the node.
 */
function bounded(command: string, ms: number): string {
  return `timeout --signal=KILL ${(ms / 1000).toFixed(3)} bash -c ${shellQuote(command)}`;
}
