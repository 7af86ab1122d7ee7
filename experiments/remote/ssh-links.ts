import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { NodeSSH } from "node-ssh";
import type { ServerHostKeyAlgorithm } from "ssh2";
import { messageOf } from "../../base/thrown";
import { RemoteError } from "./executor";

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

/** One connection and the channels on it; whoever acquired it lowers `sessions` when done. */
export interface Link {
  readonly ssh: NodeSSH;
  sessions: number;
}

/** What is being done, for the errors on the way there. */
export interface Purpose {
  readonly step: string;
  readonly command: string;
}

/**
 * The connections to each node: one, made at first use; a further one only when the first is full of
 * channels. A lost connection is remade by the next call.
 */
export class SshLinks {
  readonly #targets: ReadonlyMap<string, SshTarget>;
  readonly #settings: SshSettings;
  readonly #links = new Map<string, Link[]>();
  readonly #dialling = new Map<string, Promise<unknown>>();
  #closed = false;

  constructor(targets: readonly SshTarget[], settings: SshSettings) {
    this.#targets = new Map(targets.map((target) => [target.name, target]));
    this.#settings = settings;
  }

  /** How long a node may take to answer. */
  get connectDeadlineMs(): number {
    return this.#settings.connectDeadlineMs ?? CONNECT_DEADLINE_MS;
  }

  close(): void {
    this.#closed = true;
    for (const links of this.#links.values()) for (const link of links) link.ssh.dispose();
    this.#links.clear();
  }

  /** Ends the connections to one node. One that is cut off would take seconds to be noticed. */
  drop(host: string): void {
    for (const { ssh } of this.#links.get(host) ?? []) {
      ssh.connection?.destroy();
      ssh.dispose();
    }
    this.#links.delete(host);
  }

  /** A connection with room for one more channel; dials of one node follow one another. */
  async acquire(host: string, purpose: Purpose, deadlineMs: number): Promise<Link> {
    const until = performance.now() + Math.min(deadlineMs, this.connectDeadlineMs);
    for (;;) {
      const link = this.#withRoom(host);
      if (link !== undefined) {
        link.sessions += 1;
        return link;
      }
      const dialling = this.#dialling.get(host);
      if (dialling !== undefined) {
        // Of somebody who may be more patient.
        const left = until - performance.now();
        if (left <= 0) {
          throw new RemoteError("no SSH connection in time", { host, ...purpose });
        }
        const late = new AbortController();
        await Promise.race([dialling, delay(left, undefined, { signal: late.signal })]);
        late.abort();
        continue;
      }
      const dial = this.#dial(host, purpose, until).finally(() => this.#dialling.delete(host));
      // Those who wait only need to know that the attempt is over; they look at the result
      // themselves.
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
        const why = messageOf(attempt.error);
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

function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}
