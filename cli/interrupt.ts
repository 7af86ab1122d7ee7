import { setMaxListeners } from "node:events";
import { Failure } from "../base/failure";
import type { Reporter } from "../base/reporter";

/** Ctrl-C or a request to terminate. */
export class Interrupted extends Failure {}

/** A signal that aborts at the first SIGINT, SIGTERM or SIGHUP; a second one ends the process at once. */
export function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(name, () => {
      controller.abort(new Interrupted(`interrupted by ${name}`));
      process.once(name, () => process.exit(130));
    });
  }
  return controller.signal;
}

/**
 * Ctrl-C in stages: the first asks to finish what runs, the second to stop it, the third ends the process
 * at once. A request to terminate, or a terminal that goes away, asks to stop.
 */
export function interruptInStages(report: Reporter): {
  readonly finish: AbortSignal;
  readonly stop: AbortSignal;
} {
  const finish = new AbortController();
  const stop = new AbortController();
  // Each cluster listens, and Pulumi adds a listener for each of its acts, which it does not take away.
  setMaxListeners(0, finish.signal, stop.signal);
  const stopNow = (name: string) => {
    if (stop.signal.aborted) process.exit(130);
    report("stopping what runs; once more ends this process at once");
    finish.abort(new Interrupted(`interrupted by ${name}`));
    stop.abort(new Interrupted(`interrupted by ${name}`));
  };
  process.on("SIGINT", () => {
    if (finish.signal.aborted) {
      stopNow("SIGINT");
      return;
    }
    report("finishing the runs that are running; Ctrl-C again stops them");
    finish.abort(new Interrupted("interrupted by SIGINT"));
  });
  for (const name of ["SIGTERM", "SIGHUP"] as const) process.on(name, () => stopNow(name));
  return { finish: finish.signal, stop: stop.signal };
}
