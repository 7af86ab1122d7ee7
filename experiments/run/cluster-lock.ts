import { randomBytes } from "node:crypto";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { Failure } from "../../base/failure";
import { shellQuote } from "../../base/quote";
import type { Reporter } from "../../base/reporter";
import { shellFile } from "../../base/shell-script";
import { type Channel, type Executor, RemoteError } from "../remote/executor";
import { lifeOf, ownerSchema, thisOwner } from "./owner";
import { ClusterTaken } from "./stop";

/** On the controller; /run is emptied by a boot, and the kernel's lock ends with it anyway. */
const lockDirectory = "/run/schedlab/cluster-lock";

/** What tests set otherwise. */
export interface LockSettings {
  readonly directory: string;
  /** How long the controller keeps the lock for a harness whose connection has ended. */
  readonly orphanSeconds: number;
  /** How long nothing may come over an open connection: longer than a lost run is tried again. */
  readonly silenceSeconds: number;
  /** How long a lock without a connected holder is waited for. */
  readonly patienceSeconds: number;
  readonly beatMs: number;
}

const settings: LockSettings = {
  directory: lockDirectory,
  orphanSeconds: 10,
  silenceSeconds: 90,
  patienceSeconds: 20,
  beatMs: 5_000,
};
const ANSWER_MS = 60_000;
const RETRY_MS = 500;
const RELEASE_MS = 3_000;
const STEP = "take the cluster's lock";

const holderSchema = z.strictObject({
  ...ownerSchema.shape,
  user: z.string(),
  experiment: z.string(),
  /** The run that is going or being prepared. */
  run: z.string(),
  /** Where that harness keeps its run directories. */
  runsDir: z.string(),
  /** ISO 8601, UTC. */
  since: z.string(),
});
export type LockHolder = z.infer<typeof holderSchema>;

/** Another harness measures on this cluster. */
class ClusterInUse extends Failure {
  constructor(cluster: string, holder: LockHolder | null) {
    const who =
      holder === null
        ? "by a harness that has not said who it is"
        : `by run ${holder.run} of ${holder.experiment}, process ${holder.pid} of user ` +
          `${holder.user} on host ${holder.hostname}, since ${holder.since} ` +
          `(run directories in ${holder.runsDir})`;
    super(`cluster ${cluster} is in use ${who}`, {
      remedy:
        "Wait for it, or end it with Ctrl-C where it runs; two runs on one cluster would disturb each other." +
        (holder === null
          ? ""
          : ` Only if that process is certainly gone: schedlab run --handle HANDLE --take-over ${holder.run}`),
    });
  }
}

export interface LockOptions {
  readonly cluster: string;
  readonly controller: string;
  readonly experiment: string;
  /** The first run that is about to be prepared. */
  readonly run: string;
  readonly runsDir: string;
  readonly report: Reporter;
  /** A run whose harness is to be treated as gone: the lock is taken from it. */
  readonly takeOver?: string | undefined;
  readonly settings?: Partial<LockSettings>;
}

type Answer =
  | { readonly held: Channel }
  | { readonly token: string; readonly holder: LockHolder | null };

/**
 * The kernel's lock on the controller, so that one harness at a time uses a cluster, from wherever it
 * is started. It is held by a process over there at the other end of a channel, and so ends with this
 * harness. When only the connection is lost, the lock is taken again under the same token.
 */
export class ClusterLock {
  readonly #executor: Executor;
  readonly #options: LockOptions;
  readonly #settings: LockSettings;
  readonly #token = randomBytes(8).toString("hex");
  readonly #lost = new AbortController();
  #holder: LockHolder;
  #channel: Channel | undefined;
  #beat: NodeJS.Timeout | undefined;
  #released = false;

  private constructor(executor: Executor, options: LockOptions) {
    this.#executor = executor;
    this.#options = options;
    this.#settings = { ...settings, ...options.settings };
    this.#holder = {
      ...thisOwner(),
      user: os.userInfo().username,
      experiment: options.experiment,
      run: options.run,
      runsDir: path.resolve(options.runsDir),
      since: new Date().toISOString(),
    };
  }

  /** @throws ClusterInUse while another harness holds it; RemoteError. */
  static async take(executor: Executor, options: LockOptions): Promise<ClusterLock> {
    const lock = new ClusterLock(executor, options);
    let answer = await lock.#ask();
    if (!("held" in answer) && answer.holder !== null) {
      const { holder, token } = answer;
      const over = holder.run === options.takeOver;
      if (over || lifeOf(holder) === "gone") {
        options.report(
          `taking the cluster's lock from run ${holder.run}, ` +
            (over ? "as --take-over says" : `whose process ${holder.pid} is gone`),
        );
        answer = await lock.#ask(token);
      }
    }
    if (!("held" in answer)) throw new ClusterInUse(options.cluster, answer.holder);
    lock.#channel = answer.held;
    lock.#beat = setInterval(() => lock.#channel?.write("beat\n"), lock.#settings.beatMs);
    lock.#keep();
    return lock;
  }

  /** Aborts with ClusterTaken when the lock was lost to another harness. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Names the run that others are told of. */
  describe(run: string): void {
    this.#holder = { ...this.#holder, run };
    this.#channel?.write(`${JSON.stringify(this.#holder)}\n`);
  }

  /** The next harness can have it when this returns. Never throws. */
  async release(): Promise<void> {
    this.#released = true;
    clearInterval(this.#beat);
    const channel = this.#channel;
    if (channel === undefined) return;
    channel.write("release\n");
    await Promise.race([channel.ended, delay(RELEASE_MS, undefined, { ref: false })]);
    channel.close();
  }

  async #keep(): Promise<void> {
    const { report, cluster } = this.#options;
    while (this.#channel !== undefined && !this.#released) {
      const end = await this.#channel.ended;
      this.#channel = undefined;
      if (this.#released) return;
      report(
        end.code === null
          ? "the connection that holds the cluster's lock was lost: taking the lock again"
          : "the cluster's lock was let go on the controller: taking it again",
      );
      const answer = await this.#askUntilAnswered();
      if (answer === null) return;
      if (!("held" in answer)) {
        const { message } = new ClusterInUse(cluster, answer.holder);
        this.#lost.abort(new ClusterTaken(`the cluster's lock was lost: ${message}`));
        return;
      }
      this.#channel = answer.held;
      report("the cluster's lock is held again");
    }
  }

  /** The run's own streams decide how long a controller may stay away; null after the release. */
  async #askUntilAnswered(): Promise<Answer | null> {
    while (!this.#released) {
      try {
        const answer = await this.#ask();
        if (!this.#released) return answer;
        if ("held" in answer) answer.held.close();
      } catch {
        await delay(RETRY_MS, undefined, { ref: false });
      }
    }
    return null;
  }

  async #ask(over = ""): Promise<Answer> {
    const { controller, report } = this.#options;
    const { directory, orphanSeconds, silenceSeconds, patienceSeconds } = this.#settings;
    const words = [
      "cluster-lock",
      directory,
      this.#token,
      String(orphanSeconds),
      String(silenceSeconds),
      String(patienceSeconds),
      over,
    ];
    const command = `bash -c ${[shellFile(__dirname, "cluster-lock.sh"), ...words].map(shellQuote).join(" ")}`;
    let settle: (answer: Answer) => void = () => {};
    const answered = new Promise<Answer>((resolve) => {
      settle = resolve;
    });
    const channel = await this.#executor.open(controller, command, {
      step: STEP,
      onLine: (line) => {
        const [word, token = "", ...json] = line.split(" ");
        if (word === "held") {
          settle({ held: channel });
          return;
        }
        const holder = parseHolder(json.join(" "));
        // Who is gone for certain does not come back, and need not be waited for.
        const gone = over === "" && holder !== null && lifeOf(holder) === "gone";
        if (word === "busy" || gone) {
          settle({ token, holder });
        } else {
          report("waiting for the cluster's lock: its holder has lost its connection");
        }
      },
    });
    const fields = { host: controller, step: STEP, command: "cluster-lock.sh" };
    let timer: NodeJS.Timeout | undefined;
    try {
      channel.write(`${JSON.stringify(this.#holder)}\n`);
      const answer = await Promise.race([
        answered,
        channel.ended.then(async ({ code, stderr, error }) => {
          // An answer that came before the end is still on its way through the promise queue.
          await delay(0);
          throw error ?? new RemoteError("no answer", { ...fields, exitCode: code, tail: stderr });
        }),
        new Promise<never>((_, reject) => {
          timer = setTimeout(
            () => reject(new RemoteError(`no answer within ${ANSWER_MS / 1000} s`, fields)),
            ANSWER_MS,
          );
        }),
      ]);
      if (!("held" in answer)) channel.close();
      return answer;
    } catch (error) {
      channel.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

function parseHolder(json: string): LockHolder | null {
  try {
    return holderSchema.safeParse(JSON.parse(json)).data ?? null;
  } catch {
    return null;
  }
}
