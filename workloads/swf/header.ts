import { type LabelKind, labelOf, predefinedLabel } from "./labels";

/**
 * Header comments by label, in file order. A label may repeat (`Queue`); a value that was continued on
 * further comment lines holds line feeds. Comments that belong to no label are under "".
 */
export type SwfHeader = ReadonlyMap<string, readonly string[]>;

/** Digits at the start of a value, in groups of thousands or not, then its end, a remark or a unit. */
const leadingNumber = /^\+?(\d{1,3}(?:[,'_\s]\d{3})+|\d+)(?:\.0+)?(?=$|[\s(;]|[,.](?:\s|$))/;
/** `2 x 64` or `64 32`: the first number alone is not the value. */
const moreNumbers = /^\s*(?:[x*×+/]\s*\d|\d+(?:\s|$))/i;

/** The whole number that a value starts with, as in `1,024 (two partitions)`; null when it has none. */
export function leadingWholeNumber(value: string): number | null {
  const [line = ""] = value.trim().split("\n");
  const match = leadingNumber.exec(line);
  if (match === null || moreNumbers.test(line.slice(match[0].length))) return null;
  const number = Number(match[1]?.replace(/\D/g, ""));
  return Number.isSafeInteger(number) ? number : null;
}

/** The whole number of a label's first value; null when the label or the number is missing. */
export function headerNumber(header: SwfHeader, label: string): number | null {
  const [value] = header.get(label) ?? [];
  return value === undefined ? null : leadingWholeNumber(value);
}

export interface Machine {
  readonly procs: number;
  /** MaxNodes is used where MaxProcs is missing: it is the number of processors if each node has one. */
  readonly label: "MaxProcs" | "MaxNodes";
}

/** The traced machine; null when the header does not give its size. */
export function machineOf(header: SwfHeader): Machine | null {
  for (const label of ["MaxProcs", "MaxNodes"] as const) {
    const procs = headerNumber(header, label);
    if (procs !== null && procs > 0) return { procs, label };
  }
  return null;
}

/** Processors of the traced machine: MaxProcs, else MaxNodes; null when the header gives neither. */
export function maxProcs(header: SwfHeader): number | null {
  return machineOf(header)?.procs ?? null;
}

/** `Preemption`, without regard to case and remarks; null for any other value and for none. */
export function preemption(header: SwfHeader): "no" | "yes" | "double" | "ts" | null {
  const word = /^[a-z]+/.exec(header.get("Preemption")?.[0]?.trim().toLowerCase() ?? "")?.[0];
  return word === "no" || word === "yes" || word === "double" || word === "ts" ? word : null;
}

/** Columns that the white space takes, with a tab stop at every eighth column. */
function width(space: string): number {
  let columns = 0;
  for (const character of space) columns += character === "\t" ? 8 - (columns % 8) : 1;
  return columns;
}

/** Where a comment's text begins and where its label ends, in columns. */
interface Layout {
  readonly indent: number;
  readonly colon: number;
}

/**
 * Reads comment lines. A label starts a value; lines below it that are indented further continue it,
 * and prose is also continued by lines without a label, up to an empty comment line.
 */
export class HeaderReader {
  readonly header = new Map<string, string[]>();
  /** Predefined labels that were written differently, and labels given again with another value. */
  readonly oddities = new Map<string, number>();
  private layout: Layout | null = null;
  private current: string | null = null;
  private emptyLines = 0;

  /** The comment's text after its semicolon. `apart`: there were job lines since the last comment. */
  push(text: string, apart: boolean): void {
    if (apart) this.current = null;
    const content = text.trim();
    if (content === "") {
      this.emptyLines += 1;
      return;
    }
    const indent = width(text.slice(0, text.length - text.trimStart().length));
    const label = labelOf(content);
    if (
      label !== null &&
      this.begins(label.name, label.kind, { indent, colon: indent + label.end })
    ) {
      this.start(label.name, label.written, content.slice(label.end + 1).trim());
      this.layout = { indent, colon: indent + label.end };
    } else if (this.current !== null && this.continues(this.current, indent)) {
      this.extend(this.current, content);
    } else {
      this.add("", content);
      this.current = null;
    }
    this.emptyLines = 0;
  }

  /**
   * Whether this is a label of its own and not text that continues the label above: it is indented no
   * further than that one, or it is one of the standard's and their colons are aligned, or it is
   * indented one blank further, or it is a fixed label that is still missing.
   */
  private begins(name: string, kind: LabelKind, { indent, colon }: Layout): boolean {
    if (this.layout === null || this.current === null || !this.deeper(indent)) return true;
    if (kind === "other") return false;
    if (colon === this.layout.colon || !this.deeper(indent - 1)) return true;
    return kind === "fixed" && !this.header.has(name);
  }

  /** Text that is indented further, or that is directly below prose. */
  private continues(label: string, indent: number): boolean {
    if (indent > (this.layout?.indent ?? 0)) return true;
    const kind = predefinedLabel(label);
    return this.emptyLines === 0 && (kind === "text" || kind === "other");
  }

  private deeper(indent: number): boolean {
    return indent > Math.max(1, this.layout?.indent ?? 0);
  }

  private start(name: string, written: string, value: string): void {
    if (predefinedLabel(name) === "fixed") {
      if (written !== name) this.count(`header label ${name} written otherwise`);
      const before = this.header.get(name)?.[0];
      if (before !== undefined && before !== value) this.count(`header label ${name} repeated`);
    }
    this.add(name, value);
    this.current = name;
  }

  private extend(label: string, content: string): void {
    const values = this.header.get(label) ?? [];
    const value = values.pop() ?? "";
    values.push(value === "" ? content : `${value}${"\n".repeat(this.emptyLines + 1)}${content}`);
  }

  private add(label: string, value: string): void {
    const values = this.header.get(label);
    if (values === undefined) this.header.set(label, [value]);
    else values.push(value);
  }

  private count(name: string): void {
    this.oddities.set(name, (this.oddities.get(name) ?? 0) + 1);
  }
}
