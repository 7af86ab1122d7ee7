/** One `Key=Value` or `Key+=Value`; `from` and `to` are where the value stands in the text, quotes included. */
export interface ConfigPair {
  readonly key: string;
  /** Without quotes, and without the backslash of `\#`. */
  readonly value: string;
  /** Whether the value is added to an earlier one. */
  readonly adds: boolean;
  readonly from: number;
  readonly to: number;
}

/** What cannot be read, and is in no pair. */
export interface UnreadPart {
  /** Empty where there is none. */
  readonly key: string;
  readonly message: string;
}

/** A line that is not empty, with those that a backslash at its end continues. */
export interface ConfigLine {
  /** From 1, of its beginning. */
  readonly line: number;
  /** Without comment and continuations, and without blanks around it. */
  readonly content: string;
  /** The file that an `Include` names, which has no pairs; null on other lines. */
  readonly includes: string | null;
  readonly pairs: readonly ConfigPair[];
  readonly unread: readonly UnreadPart[];
}

const pairPattern = /\s*([A-Za-z][\w.]*)\s*([-+*/]?)=\s*(?:"([^"]*)"|([^\s"][^\s]*)|(?=\s|$))/y;

/** The lines of a file in the notation that Slurm's files have in common: slurm.conf(5). */
export function configLines(text: string): ConfigLine[] {
  return logicalLines(text).flatMap((logical): ConfigLine[] => {
    const content = logical.content.trim();
    if (content === "") return [];
    const { line } = logical;
    const [, , includes = null] = /^include\s+("?)(\S+)\1$/i.exec(content) ?? [];
    if (includes !== null) return [{ line, content, includes, pairs: [], unread: [] }];
    return [{ line, content, includes, ...pairsOf(logical) }];
  });
}

/** Files that `Include` names. */
export function includedFiles(text: string): string[] {
  return configLines(text).flatMap(({ includes }) => includes ?? []);
}

function pairsOf({ content, at }: LogicalLine): Pick<ConfigLine, "pairs" | "unread"> {
  const pairs: ConfigPair[] = [];
  const unread: UnreadPart[] = [];
  const end = content.trimEnd().length;
  pairPattern.lastIndex = 0;
  while (pairPattern.lastIndex < end) {
    const begins = pairPattern.lastIndex;
    const match = pairPattern.exec(content);
    if (match === null) {
      const rest = content.slice(begins).trim().slice(0, 60);
      unread.push({ key: "", message: `expected Key=Value, got ${JSON.stringify(rest)}` });
      break;
    }
    const [whole, key = "", operator = "", quoted, bare = ""] = match;
    const length = quoted === undefined ? bare.length : quoted.length + 2;
    // Behind the last character: what follows it may be a comment or a continuation.
    const to = place(at, begins + whole.trimEnd().length - 1) + 1;
    const from = length === 0 ? to : place(at, begins + whole.length - length);
    if (operator === "" || operator === "+") {
      const value = quoted ?? bare.replaceAll("\\#", "#");
      pairs.push({ key, value, adds: operator === "+", from, to });
    } else {
      unread.push({ key, message: `expected = or +=, got ${operator}=` });
    }
  }
  return { pairs, unread };
}

/** A piece of a logical line: where it begins there, and in the text. */
interface Piece {
  readonly begins: number;
  readonly from: number;
}

interface LogicalLine {
  readonly line: number;
  /** Without comment and continuations. */
  readonly content: string;
  readonly at: readonly Piece[];
}

function place(at: readonly Piece[], index: number): number {
  const piece = at.findLast(({ begins }) => begins <= index) ?? { begins: 0, from: 0 };
  return piece.from + index - piece.begins;
}

function logicalLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let begun: LogicalLine | null = null;
  let number = 0;
  for (const { 0: whole, index: from } of text.matchAll(/[^\r\n]*(?:\r?\n|\r|$)/g)) {
    number += 1;
    const raw = whole.replace(/[\r\n]+$/, "");
    const bare = withoutComment(raw);
    // A comment has no continuation.
    const goesOn = bare === raw && /\\\s*$/.test(bare);
    const before: LogicalLine = begun ?? { line: number, content: "", at: [] };
    const after: LogicalLine = {
      line: before.line,
      content: before.content + (goesOn ? bare.replace(/\\\s*$/, "") : bare),
      at: [...before.at, { begins: before.content.length, from }],
    };
    begun = goesOn ? after : null;
    if (!goesOn) lines.push(after);
  }
  return begun === null ? lines : [...lines, begun];
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
