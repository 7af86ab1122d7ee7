import type { Reporter } from "../../base/reporter";
import type { CampaignPlan, PlannedRun } from "../plan/types";
import type { Counts } from "./ledger";

export interface DriveOptions {
  /** Clusters that are up at the same time, at most. */
  readonly clustersAtOnce: number;
  /** Clusters stay up once their last run is done, as far as no other one needs their place. */
  readonly keep: boolean;
  /** Aborted: nothing further is begun, what runs is finished. */
  readonly finish: AbortSignal;
  /** Aborted: what runs is interrupted, and clusters stay as they are. */
  readonly stop: AbortSignal;
  readonly report: Reporter;
  /** Called after each change. */
  readonly onChange?: (progress: DriveProgress) => void;
}

export interface DriveProgress {
  readonly counts: Counts;
  readonly busy: readonly Busy[];
  /** At least, without the time that clusters take to come up and go down. */
  readonly secondsLeft: number;
}

/** What a cluster is busy with. */
export interface Busy {
  readonly stack: string;
  readonly with: "settling" | "up" | "down" | PlannedRun;
  /** `performance.now()` when it began. */
  readonly since: number;
}

/** What one call of the driver may use: nothing is begun once it is used up. */
export class Budget {
  readonly #limits: CampaignPlan["budget"];
  readonly #began: number;
  #runs = 0;

  /** `began` is what `performance.now()` said. */
  constructor(limits: CampaignPlan["budget"], began: number) {
    this.#limits = limits;
    this.#began = began;
  }

  usedUp(): "time" | "runs" | null {
    const { seconds, runs } = this.#limits;
    if (runs !== null && this.#runs >= runs) return "runs";
    if (seconds !== null && performance.now() - this.#began >= seconds * 1000) return "time";
    return null;
  }

  /** A run begins. */
  take(): void {
    this.#runs += 1;
  }
}
