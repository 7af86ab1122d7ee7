import { type ChildProcess, spawn } from "node:child_process";
import type {
  Channel,
  ChannelEnd,
  Executor,
  OpenOptions,
  RunResult,
} from "../../../experiments/remote/executor";
import { LineSplitter } from "../../../experiments/remote/lines";

/** Channels to commands on this machine, whose connections the test can lose. */
export class LocalExecutor implements Executor {
  readonly channels: LocalChannel[] = [];

  async run(): Promise<RunResult> {
    throw new Error("only channels");
  }

  async open(_host: string, command: string, options: OpenOptions): Promise<Channel> {
    const channel = new LocalChannel(command, options);
    this.channels.push(channel);
    return channel;
  }

  /** What sshd does with every command when the connection or the harness is gone. */
  lose(): void {
    for (const channel of this.channels) channel.lose();
  }

  /** Nothing comes through any more, but nobody has noticed yet. */
  mute(): void {
    for (const channel of this.channels) channel.mute();
  }

  disconnect(): void {
    this.lose();
  }

  close(): void {
    this.lose();
  }
}

class LocalChannel implements Channel {
  readonly ended: Promise<ChannelEnd>;
  readonly #child: ChildProcess;
  #resolve: (end: ChannelEnd) => void = () => {};
  #muted = false;

  constructor(command: string, { onLine }: OpenOptions) {
    this.#child = spawn("bash", ["-c", command], { stdio: ["pipe", "pipe", "pipe"] });
    const lines = new LineSplitter(onLine);
    let stderr = "";
    this.#child.stdin?.on("error", () => {});
    this.#child.stdout?.on("data", (chunk: Buffer) => {
      if (!this.#muted) lines.push(chunk);
    });
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      stderr += chunk;
    });
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
      this.#child.on("close", (code) => resolve({ code, stderr }));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  lose(): void {
    this.#muted = true;
    this.#child.stdin?.end();
    this.#resolve({ code: null, stderr: "" });
  }

  mute(): void {
    this.#muted = true;
  }

  write(text: string): void {
    if (!this.#muted) this.#child.stdin?.write(text);
  }

  close(): void {
    this.#child.stdin?.end();
  }
}
