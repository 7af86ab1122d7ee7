/** Node by node, without reservations and partitions: `name|state`. */
export const nodesCommand = "sinfo --noheader --Node --format='%N|%T'";

/** Names of the nodes that cannot run jobs, with Slurm's word for why; a trailing mark is dropped. */
export function unusableNodes(
  output: string,
  expected: readonly string[],
): { name: string; state: string }[] {
  const states = new Map<string, string>();
  for (const line of output.split("\n")) {
    const [name, state] = line.split("|");
    if (name !== undefined && state !== undefined) states.set(name, state);
  }
  // Planned: idle, and meant by backfill for a job that waits, such as one that is being cancelled.
  const usable = /^(idle|planned|mixed|allocated|completing)$/;
  return expected.flatMap((name) => {
    const state = states.get(name) ?? "unknown to slurmctld";
    return usable.test(state) ? [] : [{ name, state }];
  });
}

/**
 * Starts every run from equal shares: usage would otherwise pass from one run to the next. The
 * bootstrap keeps all users in the account `workload`; without a database there is no usage.
 */
export const forgetUsage = [
  "if grep -qs '^AccountingStorageType=accounting_storage/slurmdbd' /etc/slurm/slurm.conf; then",
  "sacctmgr -iQ modify account where name=workload set RawUsage=0 >/dev/null; fi",
].join(" ");
