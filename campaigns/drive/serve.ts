import { Failure } from "../../base/failure";
import { messageOf } from "../../base/thrown";
import { sectionText } from "../plan/hash";
import type { CampaignCluster, PlannedRun, Tuple } from "../plan/types";
import type { Builds } from "./builds";
import type { Ledger } from "./ledger";
import type { Budget, Busy, DriveOptions } from "./options";
import type { RunEnd, Workspace } from "./workspace";

/** What was done on one cluster. */
export interface Service {
  readonly stack: string;
  readonly upSeconds: number;
  /** Changes of the policy between runs. */
  readonly changeSeconds: number;
  readonly downSeconds: number;
  /** As the driver saw them, with the start and the end of the runner. */
  readonly runSeconds: number;
  /** The same by the runs' own records. */
  readonly recordedSeconds: number;
  readonly runs: number;
  /** Whether the stack is still there, as far as this driver knows. */
  readonly left: boolean;
  readonly problem: string | null;
}

export interface ServiceOptions extends DriveOptions {
  readonly stack: string;
  /** Null for a stack of a former plan, which is only taken down. */
  readonly cluster: CampaignCluster | null;
  readonly exists: boolean;
  readonly budget: Budget;
  /** Of all clusters of the campaign. */
  readonly builds: Builds;
  readonly retryFailed: number;
  /** Whether another cluster waits for the place of this one. */
  readonly placeNeeded: () => boolean;
  readonly changed: (stack: string, what: Busy["with"] | null) => void;
}

/** With the evidence, such as what Pulumi said. */
function explained(error: unknown): string {
  const detail = error instanceof Failure ? error.detail : undefined;
  return detail === undefined ? messageOf(error) : `${messageOf(error)}\n${detail}`;
}

/** One cluster from its first act to its last one. */
export class ClusterService {
  readonly #workspace: Workspace;
  readonly #ledger: Ledger;
  readonly #options: ServiceOptions;
  #left: boolean;
  #problem: string | null = null;
  #runs = 0;
  #recordedSeconds = 0;
  readonly #seconds = { up: 0, change: 0, down: 0, run: 0 };
  /** The scheduler's section that the cluster is up with; null where it is not known to be up. */
  #scheduler: string | null = null;

  constructor(workspace: Workspace, ledger: Ledger, options: ServiceOptions) {
    this.#workspace = workspace;
    this.#ledger = ledger;
    this.#options = options;
    this.#left = options.exists;
  }

  /** Never throws: what goes wrong is the service's `problem`. */
  async serve(): Promise<Service> {
    const { stack, stop, report, changed } = this.#options;
    try {
      await this.#work();
    } catch (error) {
      if (!stop.aborted) {
        this.#problem = explained(error);
        report(`cluster ${stack}: ${this.#problem}`);
      }
    }
    try {
      await this.#takeDown();
    } catch (error) {
      const problem = `it could not be taken down: ${explained(error)}`;
      report(`cluster ${stack}: ${problem}`);
      this.#problem = [this.#problem, problem].filter(Boolean).join("; ");
    }
    changed(stack, null);
    return {
      stack,
      upSeconds: this.#seconds.up,
      changeSeconds: this.#seconds.change,
      downSeconds: this.#seconds.down,
      runSeconds: this.#seconds.run,
      recordedSeconds: this.#recordedSeconds,
      runs: this.#runs,
      left: this.#left,
      problem: this.#problem,
    };
  }

  async #work(): Promise<void> {
    const { stack, cluster, exists } = this.#options;
    if (exists) await this.#settle();
    if (cluster === null) return;
    for (let run = this.#next(); run !== undefined; run = this.#next()) {
      await this.#prepare(cluster, run);
      // A run that would begin while a cluster is being built would measure the building, too.
      await this.#options.builds.idle();
      // Between the two a person may have asked for the end.
      if (this.#next() !== undefined) await this.#run(run);
    }
    this.#options.changed(stack, null);
  }

  /** The next run, unless nothing is to be begun any more. */
  #next(): PlannedRun | undefined {
    const { stack, finish, stop, budget } = this.#options;
    if (finish.aborted || stop.aborted || budget.usedUp() !== null) return undefined;
    return this.#ledger.next(stack);
  }

  async #settle(): Promise<void> {
    const { stack, stop, changed } = this.#options;
    changed(stack, "settling");
    await this.#workspace.settle(stack, stop);
    this.#ledger.read(await this.#workspace.recorded());
  }

  /** Brings the cluster to the policy of the run's tuple; nothing is to be done where it has it. */
  async #prepare(cluster: CampaignCluster, { tuple }: PlannedRun): Promise<void> {
    const { builds, report, stack } = this.#options;
    const scheduler = sectionText(tuple.spec.scheduler);
    if (scheduler === this.#scheduler) return;
    if (this.#scheduler !== null) {
      this.#scheduler = null;
      report(`cluster ${stack}: changing its policy for ${tuple.label}`);
      await this.#up(cluster, tuple, "change");
    } else {
      const began = performance.now();
      report(`cluster ${stack}: building it`);
      await builds.during(() => this.#up(cluster, tuple, "up"));
      report(`cluster ${stack}: up after ${((performance.now() - began) / 1000).toFixed(1)} s`);
    }
    this.#scheduler = scheduler;
  }

  async #up(cluster: CampaignCluster, tuple: Tuple, part: "up" | "change"): Promise<void> {
    const { stack, stop, finish, retryFailed, report } = this.#options;
    for (let tries = 1; ; tries++) {
      this.#left = true;
      try {
        await this.#timed(part, "up", () => this.#workspace.up(cluster, tuple, stop));
        return;
      } catch (error) {
        if (tries > retryFailed || finish.aborted || stop.aborted) throw error;
        report(`cluster ${stack} is built again, since it could not be: ${explained(error)}`);
        await this.#settle();
      }
    }
  }

  async #run(run: PlannedRun): Promise<void> {
    const { stop, budget, report } = this.#options;
    this.#ledger.begun(run);
    budget.take();
    let end: RunEnd = { kind: "unknown", reason: "the driver could not start it" };
    try {
      end = await this.#timed("run", run, () => this.#workspace.run(run, stop));
      this.#runs += 1;
      if (end.kind === "ended") this.#recordedSeconds += end.seconds ?? 0;
    } finally {
      this.#ledger.ended(run, end, { stopped: stop.aborted });
    }
    if (stop.aborted || (end.kind === "ended" && end.status === "completed")) return;
    report(
      `run ${run.position} (${run.tuple.label}, repeat ${run.repeat}) ` +
        `${end.kind === "ended" ? end.status : "did not end as a run"}: ${end.reason ?? "no reason known"}`,
    );
    if (end.kind !== "unknown") return;
    await this.#settle();
    // Whatever ended it may have changed the cluster too.
    this.#scheduler = null;
  }

  async #takeDown(): Promise<void> {
    const { stack, cluster, keep, stop, placeNeeded, report } = this.#options;
    if (!this.#left || stop.aborted) return;
    const kept = keep && cluster !== null && this.#problem === null;
    if (kept && !placeNeeded()) return;
    if (kept) report(`cluster ${stack} is not kept, because another one needs its place`);
    await this.#timed("down", "down", () => this.#workspace.down(stack, stop));
    this.#left = false;
  }

  async #timed<T>(
    part: "up" | "change" | "down" | "run",
    what: Busy["with"],
    work: () => Promise<T>,
  ): Promise<T> {
    const began = performance.now();
    this.#options.changed(this.#options.stack, what);
    try {
      return await work();
    } finally {
      this.#seconds[part] += (performance.now() - began) / 1000;
    }
  }
}
