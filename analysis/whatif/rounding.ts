import type { Interval } from "../statistics/quantile";

/** What a number is of: a share of what it was, or an amount in the metric's unit. */
export interface Kind {
  readonly relative: boolean;
  readonly unit: string;
}

/** `41 %` or `12 s`. Not negative. */
export function amount(value: number, kind: Kind): string {
  return `${shown(scaled(value, kind), Math.round)}${unitOf(kind)}`;
}

/** `28 to 53 %`, rounded outwards, so that no end claims more than the interval. Not negative. */
export function amountRange(interval: Interval, kind: Kind): string {
  return `${shown(scaled(interval.low, kind), Math.floor)} to ${shown(scaled(interval.high, kind), Math.ceil)}${unitOf(kind)}`;
}

/** `−3 to 5 %`, rounded outwards. */
export function changeRange({ low, high }: Interval, kind: Kind): string {
  return `${signed(scaled(low, kind), Math.floor)} to ${signed(scaled(high, kind), Math.ceil)}${unitOf(kind)}`;
}

/** The larger end of an interval around 0, rounded up. */
export function atMost({ low, high }: Interval, kind: Kind): string {
  const most = Math.max(Math.abs(low), Math.abs(high));
  return `${shown(scaled(most, kind), Math.ceil)}${unitOf(kind)}`;
}

function scaled(value: number, { relative }: Kind): number {
  return relative ? 100 * value : value;
}

function unitOf({ relative, unit }: Kind): string {
  if (relative) return "\u00a0%";
  return unit === "1" || unit === "" ? "" : `\u00a0${unit}`;
}

function signed(value: number, round: (value: number) => number): string {
  if (value >= 0) return shown(value, round);
  const text = shown(-value, round === Math.floor ? Math.ceil : Math.floor);
  return Number(text) === 0 ? "0" : `−${text}`;
}

/** Two significant digits, from 10 on whole numbers, below 0.01 none. */
function shown(value: number, round: (value: number) => number): string {
  const digits = value >= 10 ? 0 : value >= 1 ? 1 : 2;
  // 28.999999999999996 is 29 that went through a logarithm.
  const exact = Number((value * 10 ** digits).toPrecision(12));
  return String(round(exact) / 10 ** digits);
}
