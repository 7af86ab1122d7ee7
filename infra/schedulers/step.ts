/** One idempotent action on one node, which is run as root over SSH. */
export interface BootstrapStep {
  /** Unique in the cluster, such as "slurmd-node01". */
  readonly name: string;
  /** Name of the node that it runs on. */
  readonly host: string;
  /** Names of the steps that must be in force before. */
  readonly needs: readonly string[];
  /** Bash. Running it again ends in the same state, and it is run again when this text changes. */
  readonly create: string;
  /** Bash that undoes the step while the node lives on. Absent if only the end of the node undoes it. */
  readonly delete?: string;
  /** Bash that exits 0 when the step is in force. */
  readonly check: string;
  /** Name of the stack's secret that `create` reads from stdin, which is one that its scheduler makes. */
  readonly secret?: string;
  /** Name of a step whose standard output, a secret, `create` reads from stdin. */
  readonly secretFrom?: string;
}
