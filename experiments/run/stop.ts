import { Failure } from "../../base/failure";
import type { RunStatus } from "../../store/record";

/** Why a run ends before its jobs have: the reason of the run's abort signal. */
export class RunStopped extends Failure {
  constructor(
    readonly status: Extract<RunStatus, "failed" | "interrupted">,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? {} : { cause });
  }
}

/** Another harness has the cluster now: nothing of it may be changed any more but this run's own jobs. */
export class ClusterTaken extends RunStopped {
  constructor(message: string) {
    super("failed", message);
  }
}

/** The reason as a RunStopped, whatever aborted the signal. */
export function stopReason(signal: AbortSignal): RunStopped {
  const reason: unknown = signal.reason;
  if (reason instanceof RunStopped) return reason;
  const message = reason instanceof Error ? reason.message : "interrupted";
  return new RunStopped("interrupted", message, reason);
}

/** Settles with the promise, or rejects with the reason as soon as the signal aborts. */
export function orStopped<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(stopReason(signal));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
