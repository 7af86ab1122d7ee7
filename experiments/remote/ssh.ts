import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { NodeSSH } from "node-ssh";
import type { ClientChannel, ServerHostKeyAlgorithm } from "ssh2";
import {
  type Channel,
  type ChannelEnd,
  type Executor,
  type OpenOptions,
  RemoteError,
  type RunOptions,
  type RunResult,
  tailOf,
} from "./executor";
import { LineSplitter } from "./lines";
import { asUser, shellQuote } from "./quote";

/** Where a node answers and who it must prove to be. */
export interface SshTarget {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** As in known_hosts, without the name: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
}

export interface SshSettings {
  readonly user: string;
  /** OpenSSH PEM; stays in memory. */
  readonly privateKey: string;
  /** How long a node may take to answer before it counts as unreachable. */
  readonly connectDeadlineMs?: number;
  /** Channels on one connection; sshd refuses more than its MaxSessions, 10 by default. */
  readonly maxSessions?: number;
  readonly keepaliveMs?: number;
}

const CONNECT_DEADLINE_MS = 30_000;
const HANDSHAKE_MS = 20_000;
const RETRY_PAUSE_MS = 500;
/** Two below sshd's default, so that a person can log in beside us over the same account. */
const MAX_SESSIONS = 8;
const KEEPALIVE_MS = 5_000;
const KEEPALIVE_MISSES = 3;
/** Beyond the deadline, for the far end's own end of the command to arrive. */
const SILENCE_MS = 2_000;
/** 128 + SIGKILL, as a shell and `timeout` give it. */
const KILLED = 137;
const STDERR_KEPT = 8_192;

interface Link {
  readonly ssh: NodeSSH;
  sessions: number;
}

/** What is being done, for the errors on the way there. */
interface Purpose {
  readonly step: string;
  readonly command: string;
}

/**
 * Commands over SSH: one connection per node, made at first use, shared by all calls; a further one
 * only when the first is full of channels. A lost connection is remade by the next call.
 */
export class SshExecutor implements Executor {
  readonly #targets: ReadonlyMap<string, SshTarget>;
  readonly #settings: SshSettings;
  readonly #links = new Map<string, Link[]>();
  readonly #dialling = new Map<string, Promise<unknown>>();
  #closed = false;

  constructor(targets: readonly SshTarget[], settings: SshSettings) {
    this.#targets = new Map(targets.map((target) => [target.name, target]));
    this.#settings = settings;
  }

  async run(host: string, command: string, options: RunOptions): Promise<RunResult> {
    const started = performance.now();
    const purpose = { step: options.step, command };
    const link = await this.#acquire(host, purpose, options.deadlineMs);
    const left = Math.max(1, options.deadlineMs - (performance.now() - started));
    const stdout = new LineSplitter(options.onStdoutLine ?? (() => {}));
    const stderr = new LineSplitter(options.onStderrLine ?? (() => {}));
    const tooLate = `not done within ${options.deadlineMs / 1000} s`;
    let timer: NodeJS.Timeout | undefined;
    const silent = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new RemoteError(tooLate, { host, ...purpose }));
        // `timeout` over there has not answered either: nothing more will come this way.
        link.ssh.connection?.destroy();
      }, left + SILENCE_MS);
    });
    try {
      const line = options.user === undefined ? command : asUser(options.user, command);
      const result = await Promise.race([
        silent,
        link.ssh.execCommand(bounded(line, left), {
          noTrim: true,
          stdin: options.stdin ?? "",
          // A node that goes away while stdin is being sent shows as the loss of the connection.
          onChannel: (channel) => channel.on("error", () => {}),
          onStdout: (chunk) => stdout.push(chunk),
          onStderr: (chunk) => stderr.push(chunk),
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
      if (error instanceof RemoteError) throw error;
      throw new RemoteError("connection lost", { host, ...purpose, cause: error });
    } finally {
      clearTimeout(timer);
      link.sessions -= 1;
    }
  }

  async open(host: string, command: string, options: OpenOptions): Promise<Channel> {
    const line = options.user === undefined ? command : asUser(options.user, command);
    const purpose = { step: options.step, command };
    const link = await this.#acquire(host, purpose, this.#connectDeadline());
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

  close(): void {
    this.#closed = true;
    for (const links of this.#links.values()) for (const link of links) link.ssh.dispose();
    this.#links.clear();
  }

  #connectDeadline(): number {
    return this.#settings.connectDeadlineMs ?? CONNECT_DEADLINE_MS;
  }

  /** A connection with room for one more channel; dials of one node follow one another. */
  async #acquire(host: string, purpose: Purpose, deadlineMs: number): Promise<Link> {
    const until = performance.now() + Math.min(deadlineMs, this.#connectDeadline());
    for (;;) {
      const link = this.#withRoom(host);
      if (link !== undefined) {
        link.sessions += 1;
        return link;
      }
      const dialling = this.#dialling.get(host);
      if (dialling !== undefined) {
        await dialling;
        continue;
      }
      const dial = this.#dial(host, purpose, until).finally(() => this.#dialling.delete(host));
      // Whoever waits only needs to know that the dial is over: it then sees for itself.
      this.#dialling.set(
        host,
        dial.catch(() => {}),
      );
      const made = await dial;
      const links = this.#links.get(host) ?? [];
      links.push(made);
      this.#links.set(host, links);
    }
  }

  #withRoom(host: string): Link | undefined {
    const alive = (this.#links.get(host) ?? []).filter((link) => link.ssh.isConnected());
    this.#links.set(host, alive);
    const room = this.#settings.maxSessions ?? MAX_SESSIONS;
    return alive.find((link) => link.sessions < room);
  }

  async #dial(host: string, purpose: Purpose, until: number): Promise<Link> {
    const target = this.#targets.get(host);
    const fields = { host, ...purpose };
    if (target === undefined) throw new RemoteError("no such node in this cluster", fields);
    if (this.#closed) throw new RemoteError("the connections are closed already", fields);
    const started = performance.now();
    for (;;) {
      const left = until - performance.now();
      const attempt = await this.#attempt(target, Math.max(1, Math.min(left, HANDSHAKE_MS)));
      if (attempt instanceof NodeSSH) return { ssh: attempt, sessions: 0 };
      const where = `${target.address}:${target.port}`;
      if (attempt.final !== undefined) {
        throw new RemoteError(`${where} ${attempt.final}`, { ...fields, cause: attempt.error });
      }
      if (this.#closed || until - performance.now() <= RETRY_PAUSE_MS) {
        const seconds = Math.round((performance.now() - started) / 1000);
        const why = attempt.error instanceof Error ? attempt.error.message : String(attempt.error);
        throw new RemoteError(`no SSH connection to ${where} within ${seconds} s (${why})`, {
          ...fields,
          remedy: `Is ${host} running? See its console, or run the stack's \`pulumi up\` again.`,
          cause: attempt.error,
        });
      }
      await delay(RETRY_PAUSE_MS);
    }
  }

  /** One connection attempt; `final` says why another would end the same way. */
  async #attempt(
    target: SshTarget,
    readyTimeout: number,
  ): Promise<NodeSSH | { error: unknown; final: string | undefined }> {
    const [type = "", key = ""] = target.hostKey.trim().split(/\s+/);
    const ssh = new NodeSSH();
    let final: string | undefined;
    try {
      await ssh.connect({
        host: target.address,
        port: target.port,
        username: this.#settings.user,
        privateKey: this.#settings.privateKey,
        readyTimeout,
        keepaliveInterval: this.#settings.keepaliveMs ?? KEEPALIVE_MS,
        keepaliveCountMax: KEEPALIVE_MISSES,
        // Without this the node may offer a key of another type, which nobody knows in advance.
        algorithms: { serverHostKey: [type as ServerHostKeyAlgorithm] },
        hostVerifier: (offered: Buffer) => {
          if (offered.equals(Buffer.from(key, "base64"))) return true;
          final =
            `shows the host key ${fingerprint(offered)}, ` +
            `but the stack made ${fingerprint(Buffer.from(key, "base64"))}`;
          return false;
        },
      });
    } catch (error) {
      ssh.dispose();
      const level = (error as { level?: string }).level;
      if (level === "client-authentication") {
        final = `refused the key of user ${this.#settings.user}`;
      }
      return { error, final };
    }
    // node-ssh stops listening after the handshake; an unheard error would end the process.
    ssh.connection?.on("error", () => ssh.dispose());
    ssh.connection?.setNoDelay(true);
    return ssh;
  }
}

function openStream(ssh: NodeSSH, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const { connection } = ssh;
    if (connection === null) {
      reject(new Error("connection lost"));
      return;
    }
    connection.exec(command, (error, stream) => {
      if (error) reject(error);
      else resolve(stream);
    });
  });
}

class SshChannel implements Channel {
  readonly ended: Promise<ChannelEnd>;
  readonly #stream: ClientChannel;
  #open = true;

  constructor(stream: ClientChannel, onLine: (line: string) => void, onEnd: () => void) {
    this.#stream = stream;
    const lines = new LineSplitter(onLine);
    let stderr = "";
    let code: number | null = null;
    stream.on("data", (chunk: Buffer) => lines.push(chunk));
    stream.stderr.on("data", (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-STDERR_KEPT);
    });
    stream.on("error", () => {});
    stream.on("exit", (value: number | null) => {
      code = value;
    });
    this.ended = new Promise((resolve) => {
      stream.on("close", () => {
        this.#open = false;
        onEnd();
        resolve({ code, stderr: stderr.trim() });
      });
    });
  }

  write(text: string): void {
    if (this.#open) this.#stream.write(text);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#stream.end();
    this.#stream.close();
  }
}

/**
 * The command with its whole process group killed after `ms`. sshd refuses to pass signals on for
 * root, so the bound has to be kept over there.
 */
function bounded(command: string, ms: number): string {
  return `timeout --signal=KILL ${(ms / 1000).toFixed(3)} bash -c ${shellQuote(command)}`;
}

function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}
