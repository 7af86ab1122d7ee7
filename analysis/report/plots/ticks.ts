/** Ticks of a logarithmic axis that begins at `base`: 1, 3, 10 …, or fewer where there are many decades. */
export function logarithmicTicks(base: number, greatest: number): number[] {
  const decades = Math.max(0, Math.ceil(Math.log10(greatest / base)));
  const within = decades <= 3 ? [1, 3] : [1];
  const every = Math.max(1, Math.ceil(decades / 6));
  return Array.from({ length: decades + 1 }, (_, power) => power)
    .filter((power) => power % every === 0)
    .flatMap((power) => within.map((step) => step * base * 10 ** power))
    .filter((tick) => tick <= greatest);
}
