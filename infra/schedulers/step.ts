/** One idempotent action on one node, run as root over SSH. */
export interface BootstrapStep {
  /** Unique in the cluster, such as "slurmd-node01". */
  readonly name: string;
  /** Name of the node it runs on. */
  readonly host: string;
  /** Names of the steps that must be in force before. */
  readonly needs: readonly string[];
  /** Bash; running it again ends in the same state. A change of this text runs it again. */
  readonly create: string;
  /** Bash that undoes it while the node lives on; absent where the node's end is the undoing. */
  readonly delete?: string;
  /** Bash that exits 0 when the step is in force. */
  readonly check: string;
  /** Name of the stack's secret that `create` reads from stdin: one of those that its scheduler makes. */
  readonly secret?: string;
  /** Name of a step whose standard output, a secret, `create` reads from stdin. */
  readonly secretFrom?: string;
}
