import { shellFile, shellWords } from "../../base/shell-script";
import { clockFactor, clockPath } from "../../spec/clock";
import { isEmulated } from "../../spec/emulated";
import type { ExperimentSpec } from "../../spec/spec";

/**
 * Part of a step on the controller, before its daemons start: the clock that `run.clock` gives them.
 * Nothing where nodes are real, whose clock is the host's.
 * @param state Directory whose content belongs to the former clock.
 */
export function clockPart(
  { topology, run }: ExperimentSpec,
  state: string,
  services: readonly string[],
): string[] {
  if (!isEmulated(topology)) return [];
  const values = [String(clockFactor(run)), clockPath, state, ...services];
  return [shellFile(__dirname, "clock.sh").trimEnd(), `set_clock ${shellWords(values)}`];
}
