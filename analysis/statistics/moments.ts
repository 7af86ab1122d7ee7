/** Arithmetic mean; NaN without values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sum of the squared deviations from the mean. */
export function squares(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
}

/** Unbiased (n − 1) sample variance; NaN with fewer than two values. */
export function variance(values: readonly number[]): number {
  return values.length < 2 ? Number.NaN : squares(values) / (values.length - 1);
}

/** Unbiased sample covariance of two lists of equal length; NaN with fewer than two pairs. */
export function covariance(xs: readonly number[], ys: readonly number[]): number {
  if (xs.length < 2) return Number.NaN;
  const [x0, y0] = [mean(xs), mean(ys)];
  const products = xs.map((x, index) => (x - x0) * ((ys[index] ?? Number.NaN) - y0));
  return products.reduce((sum, value) => sum + value, 0) / (xs.length - 1);
}
