import type { SiteProblem } from "../../site-problem";
import { configLines } from "../config-lines";

/** `Key=Value`, `Key+=Value`. */
export interface Pair {
  readonly key: string;
  readonly value: string;
  /** Whether the value is added to an earlier one. */
  readonly adds: boolean;
}

/** A line of a file in Slurm's notation: its pairs, in their order. */
export interface SiteLine {
  readonly file: string;
  /** From 1, of its beginning. */
  readonly line: number;
  readonly pairs: readonly Pair[];
}

export interface ReadLines {
  readonly lines: readonly SiteLine[];
  readonly problems: readonly SiteProblem[];
}

/** What `Include` names; undefined where there is no such file. */
export type Including = (name: string) => string | undefined;

/** Includes within includes. */
const deepest = 10;

/**
 * The lines of a file in the notation that Slurm's files have in common: comments, continued lines, quoted
 * values, and `Include`, whose file stands in its place. What cannot be read is a problem, and left out.
 */
export function readLines(
  file: string,
  text: string,
  including: Including = () => undefined,
): ReadLines {
  const lines: SiteLine[] = [];
  const problems: SiteProblem[] = [];
  read(file, text, 0);
  return { lines, problems };

  function read(name: string, content: string, depth: number): void {
    for (const { line, includes, pairs, unread } of configLines(content)) {
      problems.push(...unread.map((part) => ({ file: name, line, ...part })));
      if (includes === null) {
        if (pairs.length > 0) lines.push({ file: name, line, pairs });
        continue;
      }
      const problem = (message: string) =>
        problems.push({ file: name, line, key: "Include", message });
      const found = depth < deepest ? including(includes) : undefined;
      if (found !== undefined) read(includes, found, depth + 1);
      else if (depth >= deepest) problem(`expected at most ${deepest} files within each other`);
      else problem(`expected the file ${includes} beside the site's other files`);
    }
  }
}

/**
 * A text without comments and without the values of some keys, each line at its place. A line that has such a key
 * and cannot be read to its end keeps none of the rest, which may belong to the value.
 */
export function withoutValues(text: string, isLeftOut: (key: string) => boolean): string {
  const rows: string[] = [];
  for (const { line, content, pairs, unread } of configLines(text)) {
    while (rows.length < line - 1) rows.push("");
    const left = pairs.map((pair) => (isLeftOut(pair.key) ? { ...pair, value: "" } : pair));
    const same = !keysIn(content).some(isLeftOut);
    rows.push(same ? content : `${printLine(left)}${unread.length > 0 ? " (unreadable)" : ""}`);
  }
  return rows.map((row) => `${row}\n`).join("");
}

/** Whatever stands before a =, also in what cannot be read. */
function keysIn(content: string): string[] {
  return [...content.matchAll(/[A-Za-z][\w.]*(?=\s*[-+*/]?=)/g)].map(([key]) => key);
}

/** In the notation that `readLines` reads. A value has no double quotes. */
export function printLine(pairs: readonly Pair[]): string {
  return pairs
    .map(({ key, value, adds }) => `${key}${adds ? "+" : ""}=${printValue(value)}`)
    .join(" ");
}

/** In quotes where it needs them. */
export function printValue(value: string): string {
  return value === "" || /[\s#\\]/.test(value) ? `"${value}"` : value;
}
