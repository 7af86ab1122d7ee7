import {
  type Channel,
  type ChannelEnd,
  type Executor,
  type OpenOptions,
  RemoteError,
  type RunOptions,
  type RunResult,
} from "./executor";

/** One call of `run` as the fake saw it. */
export interface FakeCall {
  readonly host: string;
  readonly command: string;
  readonly stdin: string;
  readonly user: string | undefined;
}

type Answer = Partial<Pick<RunResult, "code" | "stdout" | "stderr">>;

/** An executor without a network: answers by rule, channels driven by the test. */
export class FakeExecutor implements Executor {
  readonly calls: FakeCall[] = [];
  readonly channels: FakeChannel[] = [];
  /** Nodes that cannot be reached. */
  readonly down = new Set<string>();
  /** Which calls and channels are refused besides. */
  refused: (host: string, command: string) => boolean = () => false;
  #rules: { pattern: RegExp; answer: (call: FakeCall) => Answer }[] = [];
  #onOpen: (channel: FakeChannel) => void = () => {};

  /** Answers commands that match; the rule given last is asked first. */
  when(pattern: RegExp, answer: Answer | ((call: FakeCall) => Answer)): this {
    const reply = typeof answer === "function" ? answer : () => answer;
    this.#rules.unshift({ pattern, answer: reply });
    return this;
  }

  onOpen(handler: (channel: FakeChannel) => void): this {
    this.#onOpen = handler;
    return this;
  }

  async run(host: string, command: string, options: RunOptions): Promise<RunResult> {
    this.#reach(host, command, options.step);
    const call = { host, command, stdin: options.stdin ?? "", user: options.user };
    this.calls.push(call);
    const rule = this.#rules.find(({ pattern }) => pattern.test(command));
    const result = { code: 0, stdout: "", stderr: "", ms: 0, ...rule?.answer(call) };
    for (const line of result.stdout.split("\n")) options.onStdoutLine?.(line);
    return result;
  }

  async open(host: string, command: string, options: OpenOptions): Promise<Channel> {
    this.#reach(host, command, options.step);
    const channel = new FakeChannel(host, command, options);
    this.channels.push(channel);
    this.#onOpen(channel);
    return channel;
  }

  disconnect(host: string): void {
    for (const channel of this.channels) if (channel.host === host) channel.end(null);
  }

  close(): void {
    for (const channel of this.channels) channel.end(null);
  }

  #reach(host: string, command: string, step: string): void {
    if (!this.down.has(host) && !this.refused(host, command)) return;
    throw new RemoteError("no SSH connection", { host, step, command });
  }
}

export class FakeChannel implements Channel {
  readonly ended: Promise<ChannelEnd>;
  readonly user: string | undefined;
  /** Called with every write; the test answers with `emit`. */
  onWrite: (text: string) => void = () => {};
  readonly #options: OpenOptions;
  #resolve: (end: ChannelEnd) => void = () => {};
  over = false;

  constructor(
    readonly host: string,
    readonly command: string,
    options: OpenOptions,
  ) {
    this.#options = options;
    this.user = options.user;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** What the handler throws ends the channel, as in a real one. */
  emit(...lines: string[]): void {
    for (const line of lines) {
      if (this.over) return;
      try {
        this.#options.onLine(line);
      } catch (error) {
        this.#finish({ code: null, stderr: "", error: error as Error });
      }
    }
  }

  end(code: number | null, stderr = ""): void {
    this.#finish({ code, stderr });
  }

  write(text: string): void {
    this.onWrite(text);
  }

  close(): void {
    this.end(0);
  }

  #finish(end: ChannelEnd): void {
    this.over = true;
    this.#resolve(end);
  }
}
