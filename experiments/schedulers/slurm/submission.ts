import { type Channel, type Executor, RemoteError, tailOf } from "../../remote/executor";
import type { JobRequest, Submission, SubmitAnswer } from "../adapter";
import { renderScript, type ScriptContext } from "./script";
import { encodeSubmission, parseAnswer, submitterScript } from "./submitter";

/** sbatch waits for slurmctld's reply; together they keep it busy without piling up. */
const LEAST_SUBMITTERS = 4;
/** One line in work and one at hand: what is handed over cannot be taken back when a run ends. */
const LINES_AHEAD = 2;

interface Item {
  readonly key: number;
  readonly line: string;
  readonly resolve: (answer: SubmitAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** One user's submitters and the jobs that none of them has taken yet. */
class UserQueue {
  readonly #waiting: Item[] = [];
  readonly #lanes = new Map<Channel, Map<number, Item>>();
  readonly #open: (onLine: (line: string) => void) => Promise<Channel>;
  readonly #gone: (stderr: string, code: number | null) => RemoteError;

  constructor(
    open: (onLine: (line: string) => void) => Promise<Channel>,
    gone: (stderr: string, code: number | null) => RemoteError,
  ) {
    this.#open = open;
    this.#gone = gone;
  }

  async addLane(): Promise<void> {
    const taken = new Map<number, Item>();
    const channel = await this.#open((line) => {
      const parsed = parseAnswer(line);
      const item = parsed === null ? undefined : taken.get(parsed.key);
      if (parsed === null || item === undefined) return;
      taken.delete(parsed.key);
      item.resolve(parsed.answer);
      this.#feed();
    });
    this.#lanes.set(channel, taken);
    channel.ended.then(({ stderr, code }) => {
      this.#lanes.delete(channel);
      const last = this.#lanes.size === 0;
      const lost = [...taken.values(), ...(last ? this.#waiting.splice(0) : [])];
      for (const item of lost) item.reject(this.#gone(stderr, code));
    });
    this.#feed();
  }

  async push(item: Item): Promise<void> {
    this.#waiting.push(item);
    if (this.#lanes.size > 0) this.#feed();
    else await this.addLane();
  }

  close(): void {
    for (const item of this.#waiting.splice(0)) item.reject(this.#gone("", null));
    for (const channel of this.#lanes.keys()) channel.close();
  }

  /** Idle submitters first, so that a job waits for another only when all are busy. */
  #feed(): void {
    for (let depth = 0; depth < LINES_AHEAD; depth++) {
      for (const [channel, taken] of this.#lanes) {
        if (taken.size !== depth) continue;
        const item = this.#waiting.shift();
        if (item === undefined) return;
        taken.set(item.key, item);
        channel.write(item.line);
      }
    }
  }
}

/**
 * Long-lived submitters on the controller, one or more a user: a submission costs one line on an open
 * channel and one sbatch, no login. A user's jobs can overtake each other only within the time
 * of one sbatch call.
 */
export async function openSubmitters(
  executor: Executor,
  controller: string,
  users: readonly string[],
  script: ScriptContext,
): Promise<Submission> {
  const queues = new Map<string, UserQueue>();
  let nextKey = 1;
  const queueOf = (user: string): UserQueue => {
    const known = queues.get(user);
    if (known !== undefined) return known;
    const step = `submit jobs as ${user}`;
    const queue = new UserQueue(
      (onLine) => executor.open(controller, submitterScript, { step, user, onLine }),
      (stderr, code) =>
        new RemoteError("the submitter is gone", {
          host: controller,
          step,
          command: "sbatch",
          exitCode: code,
          tail: tailOf(stderr),
        }),
    );
    queues.set(user, queue);
    return queue;
  };

  const each = Math.max(1, Math.ceil(LEAST_SUBMITTERS / Math.max(1, users.length)));
  await Promise.all(
    users.flatMap((user) => Array.from({ length: each }, () => queueOf(user).addLane())),
  );
  return {
    submit(request: JobRequest): Promise<SubmitAnswer> {
      const key = nextKey++;
      const line = encodeSubmission(key, renderScript(request, script));
      return new Promise((resolve, reject) => {
        queueOf(request.job.user).push({ key, line, resolve, reject }).catch(reject);
      });
    },
    close() {
      for (const queue of queues.values()) queue.close();
    },
  };
}
