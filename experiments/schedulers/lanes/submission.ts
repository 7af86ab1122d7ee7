import { dirname } from "node:path";
import { type Executor, RemoteError, runChecked, tailOf } from "../../remote/executor";
import type { JobRequest, Settled, Submission, SubmissionKey } from "../adapter";
import {
  claimKey,
  claimsCommand,
  fenceCommand,
  parseWord,
  type SubmitCall,
  type SubmitterWord,
  settleCommand,
} from "./claims";
import { Lanes } from "./lanes";

/** Ending a lane takes moments, but the connection may have to be made anew first. */
const CALL_MS = 60_000;

/** What a scheduler's submitter is, and what it reads. */
export interface Submitter {
  readonly call: SubmitCall;
  /** Directory of the run on the controller. */
  readonly directory: string;
  /** Lanes of all users together, at least; every user has one. */
  readonly lanes: number;
  /** Submissions that a lane is given before it has answered the first of them. */
  readonly depth: number;
  /** Shell command of one lane; it is run as the submitting user for as long as its stdin is open. */
  readonly command: (lane: number) => string;
  /** What the submitter hands to the scheduler. */
  readonly render: (request: JobRequest, submission: number) => string;
}

/** Times of opening lanes again; for tests. */
export interface LaneTimes {
  readonly reopenMs?: number;
  readonly pauseMs?: number;
}

/**
 * Long-lived submitters on the controller, one or more a user: a submission costs one line on an open
 * channel and one call, no login. A user's jobs can overtake each other only within the time of one
 * call.
 */
export async function openSubmitters(
  executor: Executor,
  controller: string,
  users: readonly string[],
  submitter: Submitter,
  times: LaneTimes = {},
): Promise<Submission> {
  const { directory, call, lanes, depth } = submitter;
  await runChecked(executor, controller, claimsCommand(directory), {
    step: "make room for the submitters' claims",
    deadlineMs: CALL_MS,
  });
  const each = Math.max(1, Math.ceil(lanes / Math.max(1, users.length)));
  /** The lane that was handed a submission of which nobody knows what became of it, by its key. */
  const laneOf = new Map<string, number>();
  let lanesOpened = 0;

  const lanesFor = (user: string): Lanes => {
    const step = `submit jobs as ${user}`;
    return new Lanes({
      ...times,
      call,
      size: each,
      depth,
      nextLane: () => ++lanesOpened,
      open: (lane, onLine) =>
        executor.open(controller, submitter.command(lane), { step, user, onLine }),
      onTaken: (key, lane) => laneOf.set(key, lane),
      gone: (what, stderr, code) =>
        new RemoteError(what, {
          host: controller,
          step,
          command: call.program,
          exitCode: code,
          tail: tailOf(stderr),
        }),
    });
  };
  const queues = new Map(users.map((user) => [user, lanesFor(user)]));
  await Promise.all([...queues.values()].map((queue) => queue.start()));

  const ask = async (keys: readonly string[], mode: "end" | "leave"): Promise<SubmitterWord[]> => {
    // A submission that no lane was handed has no lane to end: 0 is none's number.
    const lines = keys.map((key) => `${key} ${laneOf.get(key) ?? 0}\n`).join("");
    const step = "ask what became of submissions";
    const command = settleCommand(directory, mode);
    const { stdout } = await runChecked(executor, controller, command, {
      step,
      deadlineMs: CALL_MS,
      stdin: lines,
    });
    const words = new Map(
      stdout.split("\n").flatMap((line) => {
        const word = parseWord(line, call);
        return word === null ? [] : [[word.key, word] as const];
      }),
    );
    return keys.map((key) => {
      const word = words.get(key);
      if (word !== undefined) {
        if (word.kind === "revoked" || mode === "end") laneOf.delete(key);
        return word;
      }
      throw new RemoteError(`nothing was said of ${key}`, { host: controller, step, command });
    });
  };

  return {
    idempotent: false,
    callsAtOnce: each,

    async submit(request, submission) {
      const { id: job, user } = request.job;
      const queue = queues.get(user);
      if (queue === undefined) {
        throw new RemoteError("no submission was opened for this user", {
          host: controller,
          step: `submit jobs as ${user}`,
          command: call.program,
        });
      }
      const answer = await queue.submit({ job, submission }, submitter.render(request, submission));
      laneOf.delete(claimKey(job, submission));
      return answer;
    },

    async settle(lost) {
      const words = await ask(
        lost.map(({ job, submission }) => claimKey(job, submission)),
        "end",
      );
      return words.map(settled);
    },

    async stop(graceMs) {
      const all = [...queues.values()];
      for (const queue of all) queue.stop();
      if (laneOf.size === 0) return [];
      // Submissions that a lane has but has not begun must not begin; those that have begun may end
      // by themselves.
      await ask([...laneOf.keys()], "leave");
      const grace = AbortSignal.timeout(graceMs);
      await Promise.all(all.map((queue) => queue.idle(grace)));
      if (laneOf.size === 0) return [];
      const words = await ask([...laneOf.keys()], "end");
      return words.map((word) => ({ ...submissionOf(word.key), settled: settled(word) }));
    },

    close() {
      for (const queue of queues.values()) queue.close();
    },
  };
}

/** Ends the submitters of former runs. @returns the calls of theirs whose answers are not known. */
export async function fenceSubmitters(
  executor: Executor,
  controller: string,
  directory: string,
): Promise<number> {
  const { stdout } = await runChecked(executor, controller, fenceCommand(dirname(directory)), {
    step: "end the submitters of former runs",
    deadlineMs: CALL_MS,
  });
  return Number(stdout.trim());
}

function settled(word: SubmitterWord): Settled {
  if (word.kind === "answer") return { kind: "answered", answer: word.answer };
  return word.kind === "called" ? { kind: "called", at: word.at } : { kind: "revoked" };
}

function submissionOf(key: string): SubmissionKey {
  const [job = 0, submission = 0] = key.split(".").map(Number);
  return { job, submission };
}
