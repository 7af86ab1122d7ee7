import { aliasPattern } from "./anonymise";

/** Bytes. A shorter name is found in any text by chance; it is looked for as a whole value only. */
const shortestSought = 4;
/** Numbers, dates and durations are all over a log, so a name of that form says nothing as a part of a text. */
const numberLike = /^[\d.:+-]*$/;
const lineFeed = 10;

/** Whether a name can be looked for in the bytes of a text. */
export function isSought(name: string): boolean {
  return Buffer.byteLength(name) >= shortestSought && !numberLike.test(name);
}

/** Where a text has a name that it must not have. */
export interface Leak {
  readonly name: string;
  /** Counted from 1. */
  readonly line: number;
}

/**
 * Looks for names in a text that comes in pieces, anywhere and as UTF-8 bytes. What lies within an alias, or within a
 * word that the format itself writes, is no leak: it has the letters of a name by chance.
 */
export class LeakSearch {
  /**
   * Names by their first four bytes and then by their length, as a byte a character: a million names with the
   * same beginning, such as `job_`, cost no more than a few.
   */
  private readonly byStart = new Map<number, Map<number, Set<string>>>();
  /** Which four bytes a name may start with: a quick no for nearly every place of a text. */
  private readonly marks = new Uint8Array(2 ** 20);
  private longest = 1;
  private rest = Buffer.alloc(0);
  private lines = 0;

  constructor(
    names: Iterable<string>,
    private readonly ordinary: ReadonlySet<string>,
  ) {
    for (const name of new Set(names)) {
      if (!isSought(name)) continue;
      const bytes = Buffer.from(name);
      const start = bytes.readUInt32BE(0);
      const byLength = this.byStart.get(start) ?? new Map<number, Set<string>>();
      const others = byLength.get(bytes.length) ?? new Set<string>();
      this.byStart.set(start, byLength.set(bytes.length, others.add(bytes.toString("latin1"))));
      this.marks[place(start)] = 1;
      this.longest = Math.max(this.longest, bytes.length);
    }
  }

  /** The first leak that starts in the lines so far, or null. */
  push(piece: Uint8Array): Leak | null {
    const text = Buffer.concat([this.rest, piece]);
    // A name may hold line feeds, so the last lines wait until what follows is there.
    const last = text.length - this.longest;
    const end = last < 0 ? 0 : text.lastIndexOf(lineFeed, last) + 1;
    this.rest = text.subarray(end);
    return this.search(text, end);
  }

  /** The first leak in the rest. */
  end(): Leak | null {
    const text = this.rest;
    this.rest = Buffer.alloc(0);
    return this.search(text, text.length);
  }

  private search(text: Buffer, end: number): Leak | null {
    const last = Math.min(end - 1, text.length - shortestSought);
    for (let at = 0; at <= last; at += 1) {
      const start = text.readUInt32BE(at);
      if (this.marks[place(start)] === 0) continue;
      for (const [length, names] of this.byStart.get(start) ?? []) {
        const to = at + length;
        if (to > text.length || !names.has(text.toString("latin1", at, to))) continue;
        if (this.byChance(text, at, to)) continue;
        const name = text.subarray(at, to).toString();
        return { name, line: this.lines + 1 + lineFeeds(text.subarray(0, at)) };
      }
    }
    this.lines += lineFeeds(text.subarray(0, end));
    return null;
  }

  private byChance(text: Buffer, from: number, to: number): boolean {
    const lineStart = from === 0 ? 0 : text.lastIndexOf(lineFeed, from - 1) + 1;
    const lineEnd = text.indexOf(lineFeed, to);
    const before = text.subarray(lineStart, from).toString();
    const found = text.subarray(from, to).toString();
    const after = text.subarray(to, lineEnd === -1 ? undefined : lineEnd).toString();
    const left = /[\p{L}\p{N}_]*$/u.exec(before)?.[0] ?? "";
    const right = /^[\p{L}\p{N}_]*/u.exec(after)?.[0] ?? "";
    if (this.ordinary.has(left + found + right)) return true;
    const [start, end] = [before.length, before.length + found.length];
    return [...(before + found + after).matchAll(aliasPattern)].some(
      (alias) => alias.index <= start && end <= alias.index + alias[0].length,
    );
  }
}

function lineFeeds(text: Buffer): number {
  let count = 0;
  for (let at = text.indexOf(lineFeed); at !== -1; at = text.indexOf(lineFeed, at + 1)) count += 1;
  return count;
}

/** The place of four bytes among the marks. */
function place(start: number): number {
  return Math.imul(start, 0x9e3779b1) >>> 12;
}
