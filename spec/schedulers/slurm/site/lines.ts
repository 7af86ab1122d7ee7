import type { SiteProblem } from "../../site-problem";

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

const pairPattern = /\s*([A-Za-z][\w.]*)\s*([-+*/]?)=\s*(?:"([^"]*)"|([^\s"][^\s]*)|(?=\s|$))/y;

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
    for (const { line, text: logical } of logicalLines(content)) {
      const problem = (key: string, message: string) =>
        problems.push({ file: name, line, key, message });
      const include = /^include\s+("?)(\S+)\1$/i.exec(logical);
      if (include === null) {
        const pairs = pairsOf(logical, problem);
        if (pairs.length > 0) lines.push({ file: name, line, pairs });
        continue;
      }
      const [, , other = ""] = include;
      const found = depth < deepest ? including(other) : undefined;
      if (found !== undefined) read(other, found, depth + 1);
      else if (depth >= deepest)
        problem("Include", `expected at most ${deepest} files within each other`);
      else problem("Include", `expected the file ${other} beside the site's other files`);
    }
  }
}

interface Logical {
  readonly line: number;
  readonly text: string;
}

/** Without comments and empty lines; a line that ends in a backslash goes on in the next. */
function logicalLines(content: string): Logical[] {
  const found: Logical[] = [];
  let begun: { line: number; text: string } | null = null;
  for (const [index, raw] of content
    .replace(/^\uFEFF/, "")
    .split(/\r?\n|\r/)
    .entries()) {
    const bare = withoutComment(raw);
    // A comment has no continuation.
    const goesOn = bare === raw && /\\\s*$/.test(bare);
    const text = goesOn ? bare.replace(/\\\s*$/, "") : bare;
    begun =
      begun === null ? { line: index + 1, text } : { line: begun.line, text: begun.text + text };
    if (goesOn) continue;
    if (begun.text.trim() !== "") found.push({ line: begun.line, text: begun.text.trim() });
    begun = null;
  }
  if (begun !== null && begun.text.trim() !== "") {
    found.push({ line: begun.line, text: begun.text.trim() });
  }
  return found;
}

/** Up to the first # that no backslash takes the meaning of; a quoted # is one of a value. */
function withoutComment(line: string): string {
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '"') quoted = !quoted;
    if (line[at] === "#" && !quoted && line[at - 1] !== "\\") return line.slice(0, at);
  }
  return line;
}

function pairsOf(text: string, problem: (key: string, message: string) => void): Pair[] {
  const pairs: Pair[] = [];
  let at = 0;
  while (at < text.length) {
    pairPattern.lastIndex = at;
    const match = pairPattern.exec(text);
    if (match === null) {
      const rest = text.slice(at).trim();
      problem("", `expected Key=Value, got ${JSON.stringify(rest.slice(0, 60))}`);
      return pairs;
    }
    const [whole, key = "", operator = "", quoted, bare] = match;
    if (operator !== "" && operator !== "+") {
      problem(key, `expected = or +=, got ${operator}=`);
    } else {
      pairs.push({
        key,
        value: quoted ?? (bare ?? "").replaceAll("\\#", "#"),
        adds: operator === "+",
      });
    }
    at += whole.length;
    while (/\s/.test(text[at] ?? "")) at += 1;
  }
  return pairs;
}

/**
 * A text without comments and without the values of some keys, each line at its place. A line that has such a key
 * and cannot be read to its end keeps none of the rest, which may belong to the value.
 */
export function withoutValues(text: string, isLeftOut: (key: string) => boolean): string {
  const rows: string[] = [];
  for (const { line, text: logical } of logicalLines(text)) {
    while (rows.length < line - 1) rows.push("");
    let unread = false;
    const pairs = pairsOf(logical, () => {
      unread = true;
    });
    const left = pairs.map((pair) => (isLeftOut(pair.key) ? { ...pair, value: "" } : pair));
    const same = !pairs.some(({ key }) => isLeftOut(key));
    rows.push(same ? logical : `${printLine(left)}${unread ? " (unreadable)" : ""}`);
  }
  return rows.map((row) => `${row}\n`).join("");
}

/** In the notation that `readLines` reads. A value has no double quotes. */
export function printLine(pairs: readonly Pair[]): string {
  return pairs
    .map(({ key, value, adds }) => `${key}${adds ? "+" : ""}=${printed(value)}`)
    .join(" ");
}

function printed(value: string): string {
  return value === "" || /[\s#\\]/.test(value) ? `"${value}"` : value;
}
