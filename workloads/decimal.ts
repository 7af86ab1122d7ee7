/**
 * Exact arithmetic on times that were written as decimals. A double is taken as the shortest decimal
 * that parses to it, which is what the log said if that has up to 15 digits. Sums are computed in whole
 * numbers of 10^-n seconds, so that 1.1 + 2.2 and 2 + 1.3 are the same instant.
 */

/** Digits after the point for which 10^n and the quotient below are exact. */
const mostDigits = 15;
const powers = Array.from({ length: mostDigits + 1 }, (_, digits) => 10 ** digits);

/**
 * Below this, a double times a power of ten is off by less than half a unit, so that rounding it gives
 * the exact whole number.
 */
export const mostTicks = 2 ** 50;

/** Digits after the point of the shortest decimal that parses to this finite double. */
export function decimalsOf(value: number): number {
  if (Number.isInteger(value)) return 0;
  for (let digits = 1; digits <= mostDigits; digits += 1) {
    const scale = powers[digits] ?? 1;
    const ticks = Math.round(value * scale);
    if (Math.abs(ticks) > mostTicks) break;
    if (ticks / scale === value) return digits;
  }
  return decimalParts(value).digits;
}

/** The double nearest to the exact sum of two decimals. */
export function exactSum(a: number, b: number): number {
  if (Number.isInteger(a) && Number.isInteger(b)) return a + b;
  if (!Number.isFinite(a + b)) return a + b;
  const digits = Math.max(decimalsOf(a), decimalsOf(b));
  const scale = powers[digits];
  if (scale !== undefined && (Math.abs(a) + Math.abs(b)) * scale < mostTicks) {
    return (Math.round(a * scale) + Math.round(b * scale)) / scale;
  }
  return Number(`${wholeTicks(a, digits) + wholeTicks(b, digits)}e-${digits}`);
}

/** The double nearest to the exact a − b of two decimals. */
export function exactDifference(a: number, b: number): number {
  return exactSum(a, -b);
}

/** value · 10^digits; `digits` are enough for the value. */
function wholeTicks(value: number, digits: number): bigint {
  const parts = decimalParts(value);
  return parts.whole * 10n ** BigInt(digits - parts.digits);
}

/** The value is whole · 10^-digits. */
function decimalParts(value: number): { readonly whole: bigint; readonly digits: number } {
  const [mantissa = "0", exponent = "0"] = String(value).split("e");
  const [integer = "0", fraction = ""] = mantissa.split(".");
  const digits = fraction.length - Number(exponent);
  const whole = BigInt(integer + fraction);
  return digits >= 0 ? { whole, digits } : { whole: whole * 10n ** BigInt(-digits), digits: 0 };
}
