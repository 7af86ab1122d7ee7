/** One `Key=Value` of a slurm.conf; `from` and `to` are where the value stands in the text, quotes included. */
export interface ConfigPair {
  readonly key: string;
  /** Without quotes. */
  readonly value: string;
  readonly from: number;
  readonly to: number;
}

/** A line with those that a backslash at its end continues; at least one pair. */
export interface ConfigLine {
  readonly pairs: readonly [ConfigPair, ...ConfigPair[]];
}

const pairPattern = /(?:^|\s)([A-Za-z]\w*)\s*=[^\S\r]*("[^"]*"|\S*)/g;

/** The lines of a slurm.conf that assign something, as slurmctld reads them: slurm.conf(5). */
export function configLines(text: string): ConfigLine[] {
  return logicalLines(text).flatMap(({ content, at }): ConfigLine[] => {
    const place = (index: number) => at[index] ?? text.length;
    const pairs = [...content.matchAll(pairPattern)].map((match): ConfigPair => {
      const [whole, key = "", written = ""] = match;
      const end = match.index + whole.length;
      const value = written.replace(/^"(.*)"$/s, "$1");
      const from = place(end - written.length);
      // Behind the last character: what follows it may be a comment or a continuation.
      return { key, value, from, to: written === "" ? from : place(end - 1) + 1 };
    });
    const [first, ...others] = pairs;
    return first === undefined ? [] : [{ pairs: [first, ...others] }];
  });
}

/** Files that `Include` names, as they are written. */
export function includedFiles(text: string): string[] {
  return logicalLines(text).flatMap(({ content }) => {
    const [, file] = /^\s*include\s+(\S+)/i.exec(content) ?? [];
    return file === undefined ? [] : [file];
  });
}

interface LogicalLine {
  /** Without comment and continuations. */
  readonly content: string;
  /** The place in the text of each character, and of what follows the last one. */
  readonly at: readonly number[];
}

function logicalLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let content = "";
  let at: number[] = [];
  let comment = false;
  const end = (index: number) => {
    lines.push({ content, at: comment ? at : [...at, index] });
    content = "";
    at = [];
    comment = false;
  };
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    const continued = comment ? null : /^\\\r?\n/.exec(text.slice(index, index + 3));
    if (continued !== null) index += continued[0].length - 1;
    else if (character === "\n") end(index);
    else if (!comment) {
      comment = character === "#" && !content.endsWith("\\");
      at.push(index);
      if (!comment) content += character;
    }
  }
  end(text.length);
  return lines;
}
