import type { ExperimentSpec } from "../../../spec/spec";
import { clockPart } from "../clock";
import { stateDir } from "./paths";

/** Gives both daemons of the controller the clock of the run; the one whose step comes first does it. */
export function slurmClock(spec: ExperimentSpec): string[] {
  return clockPart(spec, stateDir, ["slurmctld", "slurmdbd"]);
}

type Setting = readonly [key: string, value: string | number];

/** Times that messages and daemons take on the host's clock, in seconds. */
const hostTimes = new Set(["MessageTimeout", "TCPTimeout", "SlurmdTimeout", "MinJobAge"]);
/** What Slurm keeps such a time in. */
const mostSeconds = 65_533;

/**
 * The settings for a clock that goes `factor` times as fast as the host's: what messages and daemons may
 * take stays the same on the host's clock. slurmd has that one; a policy's seconds are the jobs'.
 */
export function acceleratedSettings(settings: readonly Setting[], factor: number): Setting[] {
  return settings.map(([key, value]): Setting => {
    if (factor === 1 || typeof value !== "number" || !hostTimes.has(key)) return [key, value];
    return [key, Math.min(mostSeconds, value * factor)];
  });
}
