/**
 * Slurm's limits on the time that its messages and daemons take, for a clock that goes `factor` times as
 * fast: on the host's clock they stay what they are by default. slurmd has the host's clock.
 */
export function acceleratedSettings(factor: number): (readonly [key: string, value: number])[] {
  if (factor === 1) return [];
  return [
    ["BatchStartTimeout", 10 * factor],
    ["MessageTimeout", 10 * factor],
    ["MinJobAge", 300 * factor],
    ["SlurmdTimeout", Math.min(65_533, 300 * factor)],
    ["TCPTimeout", 2 * factor],
  ];
}
