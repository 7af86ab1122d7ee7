const pattern = /^range\(\s*(-?\d+)\s*(?:,\s*(-?\d+)\s*)?(?:,\s*(-?\d+)\s*)?\)$/;

/** More would be a slip of the keyboard: no campaign has as many tuples. */
export const mostValues = 100_000;

export const rangeForm = "a range such as range(1,6), which is 1 to 5";

/**
 * `range(stop)`, `range(start,stop)` or `range(start,stop,step)` in whole numbers; the stop is not one
 * of the values, as in Hydra. An empty range gives no values. Undefined for a text that is no range, and
 * for one that has step 0 or more values than {@link mostValues}.
 */
export function rangeValues(text: string): number[] | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [first = 0, second, step = 1] = match
    .slice(1)
    .map((digits) => (digits === undefined ? undefined : Number(digits)));
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (!(count <= mostValues)) return undefined;
  return Array.from({ length: count }, (_, index) => start + index * step);
}
