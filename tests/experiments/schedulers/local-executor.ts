import { type ChildProcess, spawn } from "node:child_process";
import {
  type Channel,
  type Executor,
  type OpenOptions,
  RemoteError,
  type RunOptions,
  type RunResult,
} from "../../../experiments/remote/executor";
import { LineSplitter } from "../../../experiments/remote/lines";

/** A channel whose connection a test can lose: what is written or said then goes astray. */
export interface LocalChannel extends Channel {
  readonly pid: number;
  /** The connection is gone; the process over there does not know it yet. */
  lose(): void;
}

/**
 * Runs commands on this host, with programs of the test's own in front of the path; commands of every
 * user run as the present one. Each channel leads a session, as under sshd.
 */
export class LocalExecutor implements Executor {
  readonly channels: LocalChannel[] = [];
  readonly runs: string[] = [];
  /** Called before a channel is opened; it may throw. */
  beforeOpen: () => void = () => {};
  /** Called before a command is run; it may throw. */
  beforeRun: () => void = () => {};

  constructor(private readonly programs: string) {}

  #environment() {
    return { ...process.env, PATH: `${this.programs}:${process.env.PATH}`, LC_ALL: "C" };
  }

  async run(_host: string, command: string, options: RunOptions): Promise<RunResult> {
    this.beforeRun();
    this.runs.push(options.step);
    const child = spawn("bash", ["-c", command], { env: this.#environment(), detached: true });
    // A command that ends without reading leaves a broken pipe.
    child.stdin.on("error", () => {});
    child.stdin.end(options.stdin ?? "");
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const code = await new Promise<number>((resolve) =>
      child.on("close", (end) => resolve(end ?? 1)),
    );
    return { code, stdout, stderr, ms: 0 };
  }

  async open(_host: string, command: string, options: OpenOptions): Promise<Channel> {
    this.beforeOpen();
    const child = spawn("bash", ["-c", command], { env: this.#environment(), detached: true });
    const channel = channelOf(child, options);
    this.channels.push(channel);
    return channel;
  }

  disconnect(): void {}

  close(): void {}

  /** Ends what is left of every channel. */
  dispose(): void {
    for (const { pid } of this.channels) {
      try {
        process.kill(-pid, "SIGKILL");
      } catch {
        // Gone already.
      }
    }
  }
}

function channelOf(child: ChildProcess, options: OpenOptions): LocalChannel {
  const { stdin, stdout, stderr, pid } = child;
  if (stdin === null || stdout === null || pid === undefined) throw new Error("bash did not start");
  let connected = true;
  let errors = "";
  let end: (code: number | null) => void = () => {};
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    end = (code) => resolve({ code, stderr: errors });
  });
  const lines = new LineSplitter((line) => {
    if (connected) options.onLine(line);
  });
  stdout.on("data", (chunk: Buffer) => lines.push(chunk));
  stderr?.on("data", (chunk: Buffer) => {
    errors += chunk;
  });
  stdin.on("error", () => {});
  child.on("close", (code) => end(code));
  return {
    pid,
    ended,
    write: (text) => {
      stdin.write(text);
    },
    close: () => {
      stdin.end();
      end(0);
    },
    lose: () => {
      connected = false;
      end(null);
    },
  };
}

export function unreachable(): never {
  throw new RemoteError("no SSH connection", { host: "controller", step: "test", command: "" });
}
