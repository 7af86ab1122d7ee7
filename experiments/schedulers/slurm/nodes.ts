/** Node by node, without reservations and partitions: `name|state`. */
export const nodesCommand = "sinfo --noheader --Node --format='%N|%T'";

/** Names of the nodes that cannot run jobs, with SLURM's word for why; a trailing mark is dropped. */
export function unusableNodes(
  output: string,
  expected: readonly string[],
): { name: string; state: string }[] {
  const states = new Map<string, string>();
  for (const line of output.split("\n")) {
    const [name, state] = line.split("|");
    if (name !== undefined && state !== undefined) states.set(name, state);
  }
  const usable = /^(idle|mixed|allocated|completing)$/;
  return expected.flatMap((name) => {
    const state = states.get(name) ?? "unknown to slurmctld";
    return usable.test(state) ? [] : [{ name, state }];
  });
}
