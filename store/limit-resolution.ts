import { knownScheduler } from "../spec/scheduler";
import { specFacts } from "../spec/schedulers/facts";

/** Seconds to which a scheduler rounds time limits; null for one that this version does not know. */
export function limitResolution(schedulerKind: string): number | null {
  const kind = knownScheduler(schedulerKind);
  return kind === undefined ? null : specFacts[kind].limitResolutionSeconds;
}
