import type { Spread } from "./data/distribution";

/** Separated thousands, a real minus sign, and no decimals where nobody would read them. */
export function number(value: number, digits = 0): string {
  const shown = Math.abs(value) >= 10_000 ? 0 : digits;
  const [whole = "", fraction] = Math.abs(value).toFixed(shown).split(".");
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, "\u202f") : whole;
  const text = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return value < 0 && Number(text.replaceAll("\u202f", "")) !== 0 ? `−${text}` : text;
}

/** Mean, and the range of the repeats where there are several. */
export function spreadText(spread: Spread, digits: number): string {
  const mean = number(spread.mean, digits);
  const range = rangeText(spread, digits);
  return range === "" ? mean : `${mean} (${range})`;
}

/** Least to greatest; empty where both have the same text. */
export function rangeText({ min, max }: Spread, digits: number): string {
  const [low, high] = [number(min, digits), number(max, digits)];
  return low === high ? "" : `${low}–${high}`;
}

export interface TimeUnit {
  readonly name: string;
  readonly seconds: number;
}

/** The unit in which a span reads best. */
export function timeUnit(span: number): TimeUnit {
  if (span <= 600) return { name: "s", seconds: 1 };
  if (span <= 4 * 3600) return { name: "min", seconds: 60 };
  if (span <= 5 * 86_400) return { name: "h", seconds: 3600 };
  return { name: "d", seconds: 86_400 };
}

export function count(amount: number, one: string, many = `${one}s`): string {
  return `${number(amount)} ${amount === 1 ? one : many}`;
}

/** Seconds for a tooltip. */
export function seconds(value: number): string {
  return `${number(value, Math.abs(value) < 100 ? 2 : 0)} s`;
}

/** `a, b and c`. */
export function listText(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
