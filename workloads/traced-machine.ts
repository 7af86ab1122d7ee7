import { Failure } from "../base/failure";
import { machineOf } from "./swf/header";
import type { JobLog } from "./swf/log";

/**
 * Cores of the traced machine, and what a person should know about the source of the figure. `key` is
 * the one that gives them where the header does not. Throws Failure. The log has been read to its end.
 */
export function tracedMachine(
  given: number | undefined,
  reading: JobLog,
  key: string,
): { readonly cores: number; readonly note: readonly string[] } {
  if (given !== undefined) return { cores: given, note: [] };
  const machine = machineOf(reading.header);
  if (machine === null) {
    throw new Failure(`${reading.name} has neither MaxProcs nor MaxNodes in its header`, {
      remedy: `set ${key} to the cores of the traced machine`,
    });
  }
  const note =
    machine.label === "MaxProcs"
      ? []
      : [`the traced machine has ${machine.procs} cores if its nodes have one each: no MaxProcs`];
  return { cores: machine.procs, note };
}
