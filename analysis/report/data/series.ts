/** A quantity over time in seconds since the first submission; each point holds until the next. */
export interface Series {
  readonly points: readonly { readonly time: number; readonly value: number }[];
  /** Width of the averaging in seconds; null when every change is kept. */
  readonly averagedOver: number | null;
}
