export type Clock = { readonly accelerated: number } | undefined;

/** Seconds of the scheduler's clock in a second of the host's. */
export function clockFactor({ clock }: { readonly clock?: Clock }): number {
  return clock?.accelerated ?? 1;
}

/**
 * File on the controller with the time, in seconds since the epoch, at which the scheduler's accelerated
 * clock and the host's were equal. The bootstrap writes it, and a run reads it.
 */
export const clockOriginPath = "/var/lib/schedlab/clock-origin";
