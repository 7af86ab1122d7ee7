/** When the replay begins, in milliseconds since the epoch, and how many seconds of the jobs a second takes. */
export interface Schedule {
  readonly startAt: number;
  /** Of the scheduler's clock; 1 for one that goes as the host's. */
  readonly factor: number;
}
