import { CLOCK_LIMIT_MS } from "../run/clock";

/**
 * The figures from which on a check does not pass, with the reasons. All limits of the audit are
 * here, and docs/audit.md repeats them for users.
 */
export const limits = {
  /**
   * A run is refused before it starts when this is exceeded, and the limit has to hold at its end
   * as well.
   */
  clockOffsetMs: CLOCK_LIMIT_MS,
  /**
   * How far the wrapper may be on the wrong side of the scheduler's moment, past resolutions and the
   * measured clock offsets: what clocks may drift apart while the run lasts.
   */
  wrongSideSeconds: CLOCK_LIMIT_MS / 1000,
  /**
   * From the scheduler's start to the wrapper's, and from the wrapper's end to the scheduler's. A pod
   * on a quiet host takes 2 to 3 s; beyond 5 s the host was too busy to start what was scheduled.
   */
  launchLagSeconds: 5,
  /**
   * Due to submit call, for 99 % of the jobs: the coarsest scheduler's clock counts whole seconds, so
   * less cannot be told in its own records.
   */
  submissionSeconds: 1,
  /** The same for every single job: one late burst does not hide behind the 99 %. */
  latestSubmissionSeconds: 5,
  /**
   * CPU time that neither the nodes nor the harness used, as a share of the host's: above a quarter a
   * host of two cores has no spare one left for them.
   */
  foreignShare: 0.25,
  /**
   * CPU time that the hypervisor withheld from the host. Above it, times of a few seconds change
   * visibly.
   */
  stealShare: 0.05,
  /** Jobs whose limit the scheduler more than doubles; fewer do not change what backfill plans. */
  roundedShare: 0.1,
  roundedFactor: 2,
  /**
   * By how much a job may hold its cores shorter or longer than its body was asked to take, past
   * resolutions: an idle host keeps it to milliseconds, one that is overrun misses it by seconds.
   */
  runTimeSeconds: 1,
  /**
   * The same on emulated nodes, for 99 % of the jobs: the larger of a share of the time that was asked for
   * and this many seconds. Beyond it the emulation, not the scheduler, sets the pace.
   */
  emulatedRunTimeShare: 0.02,
  emulatedRunTimeSeconds: 1,
  /** What a node that does not join may take beyond its deadline until it is given up. */
  givingUpSeconds: 60,
} as const;
