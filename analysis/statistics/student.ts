/**
 * Student's t distribution by the regularised incomplete beta function. Source: NIST Digital Library of
 * Mathematical Functions, 8.17 (continued fraction 8.17.22, symmetry 8.17.4); gamma function: Lanczos
 * 1964.
 */

/** More degrees of freedom change the quantiles by less than a millionth. */
const mostFreedom = 1e6;

/**
 * The value below which a t-distributed variable is with this probability (in 0..1, exclusive).
 * `freedom`: degrees of freedom, at least 1e-3 and not necessarily whole. Relative error below 1e-9.
 */
export function studentQuantile(probability: number, freedom: number): number {
  if (!(probability > 0 && probability < 1) || !(freedom >= 1e-3)) {
    throw new RangeError(`no quantile ${probability} of t with ${freedom} degrees of freedom`);
  }
  if (probability < 0.5) return -studentQuantile(1 - probability, freedom);
  const tail = 1 - probability;
  let [low, high] = [0, 1];
  while (studentTail(high, freedom) > tail) [low, high] = [high, 2 * high];
  while (high - low > 1e-12 * high) {
    const centre = (low + high) / 2;
    if (centre === low || centre === high) break;
    if (studentTail(centre, freedom) > tail) low = centre;
    else high = centre;
  }
  return (low + high) / 2;
}

/** The probability that a t-distributed variable exceeds t ≥ 0. */
export function studentTail(t: number, freedom: number): number {
  const nu = Math.min(freedom, mostFreedom);
  return incompleteBeta(nu / (nu + t * t), (t * t) / (nu + t * t), nu / 2, 0.5) / 2;
}

/** I_x(a, b); y is 1 − x, given apart because the difference loses its digits near 1. */
function incompleteBeta(x: number, y: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const factor = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(y),
  );
  return x < (a + 1) / (a + b + 2)
    ? (factor * betaFraction(x, a, b)) / a
    : 1 - (factor * betaFraction(y, b, a)) / b;
}

/** By Lentz's method, until a step changes nothing that a double can hold. */
function betaFraction(x: number, a: number, b: number): number {
  const least = 1e-300;
  const away = (value: number) => (Math.abs(value) < least ? least : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < 1e5; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return result;
}

const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Γ(z) for z > 0. */
function logGamma(z: number): number {
  if (z < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * z)) - logGamma(1 - z);
  const shifted = z + 6.5;
  const sum = lanczos.reduce(
    (total, term, index) => total + term / (z + index),
    0.99999999999980993,
  );
  return 0.5 * Math.log(2 * Math.PI) + (z - 0.5) * Math.log(shifted) - shifted + Math.log(sum);
}
