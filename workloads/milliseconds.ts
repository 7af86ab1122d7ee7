/** Seconds to the millisecond, without the noise of a difference or a product of doubles. */
export function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
