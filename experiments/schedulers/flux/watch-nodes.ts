import { setTimeout as delay } from "node:timers/promises";
import type { SchedulerNode } from "../../../spec/emulated";
import { type Executor, RemoteError } from "../../remote/executor";
import { keepOpen } from "../../remote/keep-open";
import type { NodesSeen, Observer } from "../adapter";
import { nodesSeen } from "./node-views";
import { fluxPython } from "./python";

const STEP = "follow Flux's nodes";
const COMMAND = fluxPython("membership.py", "follow");
/** Both journals are read whole before the first line. */
const FIRST_MS = 60_000;
/** How long the nodes may stay unknown: the broker is restarted, or a link is down. */
const RESUME_MS = 120_000;

export interface NodeWatch {
  readonly executor: Executor;
  readonly controller: string;
  readonly expected: readonly Pick<SchedulerNode, "name" | "vcpus">[];
  readonly seen: (nodes: NodesSeen) => void;
  readonly observer: Pick<Observer, "warning" | "failure">;
  readonly firstMs?: number;
  readonly resumeMs?: number;
}

/**
 * Tells of the nodes now, and whenever one of them has changed. After an interruption all are told again,
 * as late as that lasted.
 * @throws RemoteError when they are not told the first time.
 */
export async function watchNodes(watch: NodeWatch): Promise<{ close(): void }> {
  const { executor, controller, expected, seen, observer } = watch;
  const remote = (what: string, tail = "") =>
    new RemoteError(what, { host: controller, step: STEP, command: "membership.py", tail });
  let last: NodesSeen | undefined;
  let interruptedAt: number | undefined;
  let first = { told: () => {}, failed: (_error: Error) => {} };
  const told = new Promise<void>((resolve, reject) => {
    first = { told: resolve, failed: reject };
  });
  told.catch(() => {});
  const fail = (error: Error) => {
    open.then((opened) => opened.close()).catch(() => {});
    if (last === undefined) first.failed(error);
    else observer.failure(error);
  };

  const open = keepOpen(executor, {
    host: controller,
    command: COMMAND,
    step: STEP,
    onLine: (line) => {
      const now = nodesSeen(line, expected);
      if (now === null) throw remote("this is not a line of its", line);
      const gap = last === undefined || interruptedAt === undefined ? 0 : now.at - last.at;
      interruptedAt = undefined;
      last = { ...now, resolutionMs: Math.max(now.resolutionMs, gap) };
      seen(last);
      first.told();
    },
    onInterruption: (error) => {
      const at = performance.now();
      if (last === undefined || at - (interruptedAt ?? at) > (watch.resumeMs ?? RESUME_MS)) {
        fail(error);
      } else if (interruptedAt === undefined) {
        observer.warning(error.message);
      }
      interruptedAt ??= at;
    },
    onFailure: fail,
    resumeMs: watch.resumeMs ?? RESUME_MS,
  });
  const opened = await open;
  const deadline = new AbortController();
  const firstMs = watch.firstMs ?? FIRST_MS;
  const late = delay(firstMs, undefined, { signal: deadline.signal }).then(() => {
    throw remote(`nothing was told within ${firstMs / 1000} s`);
  });
  try {
    await Promise.race([told, late]);
  } catch (error) {
    opened.close();
    throw error;
  } finally {
    deadline.abort();
    late.catch(() => {});
  }
  return opened;
}
