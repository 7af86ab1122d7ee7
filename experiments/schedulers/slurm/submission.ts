import { type Channel, type Executor, RemoteError, tailOf } from "../../remote/executor";
import type { JobRequest, Submission, SubmitAnswer } from "../adapter";
import { renderScript, type ScriptContext } from "./script";
import { encodeSubmission, parseAnswer, submitterScript } from "./submitter";

/** sbatch waits for slurmctld's reply; together they keep it busy without piling up. */
const LEAST_SUBMITTERS = 4;

interface Lane {
  readonly channel: Channel;
  waiting: number;
}

/**
 * Long-lived submitters on the controller, one or more a user: a submission costs one line on an open
 * channel and one sbatch, no login and no fork on this side. Each takes the user's next job when
 * it is the least busy; a user's jobs can overtake each other only inside one sbatch call's time.
 */
export async function openSubmitters(
  executor: Executor,
  controller: string,
  users: readonly string[],
  script: ScriptContext,
): Promise<Submission> {
  const step = "submit jobs";
  const pending = new Map<
    number,
    { lane: Lane; resolve: (answer: SubmitAnswer) => void; reject: (error: Error) => void }
  >();
  const lanes = new Map<string, Lane[]>();
  let closed = false;
  let nextKey = 1;

  const openLane = async (user: string) => {
    const channel = await executor.open(controller, submitterScript, {
      step: `${step} as ${user}`,
      user,
      onLine: (line) => {
        const parsed = parseAnswer(line);
        const waiting = parsed === null ? undefined : pending.get(parsed.key);
        if (parsed === null || waiting === undefined) return;
        pending.delete(parsed.key);
        waiting.lane.waiting -= 1;
        waiting.resolve(parsed.answer);
      },
    });
    const lane: Lane = { channel, waiting: 0 };
    lanes.set(user, [...(lanes.get(user) ?? []), lane]);
    channel.ended.then((end) => {
      lanes.set(user, lanes.get(user)?.filter((other) => other !== lane) ?? []);
      const error = new RemoteError(closed ? "closed" : "the submitter is gone", {
        host: controller,
        step: `${step} as ${user}`,
        command: "sbatch",
        exitCode: end.code,
        tail: tailOf(end.stderr),
      });
      for (const [key, waiting] of pending) {
        if (waiting.lane !== lane) continue;
        pending.delete(key);
        waiting.reject(error);
      }
    });
    return lane;
  };

  const each = Math.max(1, Math.ceil(LEAST_SUBMITTERS / Math.max(1, users.length)));
  await Promise.all(users.flatMap((user) => Array.from({ length: each }, () => openLane(user))));

  return {
    async submit(request: JobRequest) {
      const { user } = request.job;
      const idle = lanes.get(user)?.toSorted((a, b) => a.waiting - b.waiting)[0];
      const lane = idle ?? (await openLane(user));
      const key = nextKey++;
      lane.waiting += 1;
      return new Promise<SubmitAnswer>((resolve, reject) => {
        pending.set(key, { lane, resolve, reject });
        lane.channel.write(encodeSubmission(key, renderScript(request, script)));
      });
    },
    close() {
      closed = true;
      for (const own of lanes.values()) for (const lane of own) lane.channel.close();
    },
  };
}
