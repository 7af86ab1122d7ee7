import { shellFile, shellWords } from "../../base/shell-script";
import { clockFactor, clockPath } from "../../spec/clock";
import type { ExperimentSpec } from "../../spec/spec";

/**
 * Part of a step on the controller, before its daemons start: the clock that `run.clock` gives them. Without
 * one they get the host's back, also where nodes are real: the controller may be the one that a cluster with
 * emulated nodes had.
 * @param state Directory whose content belongs to the former clock.
 */
export function clockPart(
  { run }: ExperimentSpec,
  state: string,
  services: readonly string[],
): string[] {
  const factor = clockFactor(run);
  const values = [clockPath, state, ...services];
  return factor === 1
    ? [shellFile(__dirname, "host-clock.sh").trimEnd(), `take_host_clock ${shellWords(values)}`]
    : [shellFile(__dirname, "clock.sh").trimEnd(), `set_clock ${shellWords([factor, ...values])}`];
}
