export type Clock = { readonly accelerated: number } | undefined;

/** Seconds of the scheduler's clock in a second of the host's. */
export function clockFactor({ clock }: { readonly clock?: Clock }): number {
  return clock?.accelerated ?? 1;
}

/**
 * File on the controller with the factor of the scheduler's clock and the time, in seconds since the epoch, at
 * which it and the host's were equal. The bootstrap writes it, and a run reads it; daemons on the host's
 * clock have none.
 */
export const clockPath = "/var/lib/schedlab/clock";
