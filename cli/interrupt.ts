import { Failure } from "../base/failure";

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
