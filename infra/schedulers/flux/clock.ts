import { clockFactor } from "../../../spec/clock";
import type { ExperimentSpec } from "../../../spec/spec";
import { clockPart } from "../clock";
import { stateDir } from "./paths";

/** Gives the broker the clock of the run. Its unit has to be there. */
export function fluxClock(spec: ExperimentSpec): string[] {
  return clockPart(spec, stateDir, ["flux"]);
}

/** Of Flux's own configuration: two weeks. */
const signatureSeconds = 1_209_600;
/** Flux's own. */
const heartbeatSeconds = 2;

/**
 * How long a signature is good, in the broker's seconds. munge dates it by the host's clock, and the broker
 * compares that with its own, which is further ahead the longer the cluster is up.
 */
export function signatureLines({ run }: ExperimentSpec): string[] {
  return [
    "[sign]",
    `max-ttl = ${signatureSeconds * clockFactor(run)}`,
    'default-type = "munge"',
    'allowed-types = ["munge"]',
  ];
}

/** Heartbeats as often as without a faster clock. A single broker misses none. */
export function heartbeatLines({ run }: ExperimentSpec): string[] {
  const factor = clockFactor(run);
  if (factor === 1) return [];
  return ["", "[heartbeat]", `period = "${heartbeatSeconds * factor}s"`, 'timeout = "0"'];
}
