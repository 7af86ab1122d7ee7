import type { LogHead } from "./head";
import { wholeLines } from "./head";
import type { Mapping } from "./mapping";
import { firstRecord } from "./records";

/** How a file holds what a mapping reads. */
export interface Layout {
  /** Name in the mapping to the file's own name of the column, or the path in a record of JSON. */
  readonly columns: ReadonlyMap<string, string>;
  readonly delimited?: {
    readonly delimiter: string;
    readonly quote: string;
    readonly header: boolean;
    /** In the order of the file. */
    readonly names: readonly string[];
  };
}

/** What a file of another format lacks, in words. */
export interface Unfit {
  readonly lacks: string;
}

/** How the file fits the mapping; `parquet` are the columns of a Parquet file. */
export function layoutOf(
  mapping: Mapping,
  head: LogHead,
  parquet: readonly string[] | null,
): Layout | Unfit {
  const { read, recognise } = mapping;
  if ((read.as === "parquet") !== head.parquet) {
    return { lacks: head.parquet ? "it is a Parquet file" : "it is no Parquet file" };
  }
  const layout = { delimited, lines, json, parquet: () => named(mapping, parquet ?? []) }[read.as](
    mapping,
    head,
  );
  if ("lacks" in layout) return layout;
  if (recognise.text !== undefined && !new RegExp(recognise.text, "m").test(head.text)) {
    return { lacks: `its beginning does not match ${recognise.text}` };
  }
  const missing = (recognise.columns ?? []).filter((name) => !layout.columns.has(name));
  if (missing.length === 0) return layout;
  const names = missing.map((name) => mapping.columns[name]?.join(" or ") ?? name);
  return { lacks: `it has no column ${names.join(", ")}` };
}

function lines(): Layout {
  return { columns: new Map([["line", "line"]]) };
}

function named({ columns }: Mapping, names: readonly string[]): Layout {
  const byName = new Map(names.map((name) => [name.toLowerCase(), name]));
  const found = new Map<string, string>();
  for (const [column, wanted] of Object.entries(columns)) {
    const name = wanted.map((each) => byName.get(each.toLowerCase())).find((each) => each);
    if (name !== undefined) found.set(column, name);
  }
  return { columns: found };
}

function delimited(mapping: Mapping, head: LogHead): Layout | Unfit {
  if (mapping.read.as !== "delimited") return { lacks: "it is not delimited" };
  const [first = ""] = wholeLines(head);
  const { delimiters, quote: quoted } = mapping.read;
  const taken = delimiters.map((delimiter) => {
    const quote = quoted ?? (delimiter === "," ? '"' : "");
    const cells = split(first, delimiter, quote);
    return { delimiter, quote, cells, fits: headerlessNames(mapping, cells) };
  });
  // A row of values may have another character, such as the comma of a list, more often than its delimiter.
  const { delimiter, quote, cells, fits } =
    taken.find((each) => each.fits !== undefined) ??
    taken.reduce((best, next) => (next.cells.length > best.cells.length ? next : best));
  if (cells.length < 2) return { lacks: "its first line has no delimiter" };
  const names = distinct(cells);
  const withHeader = named(mapping, names);
  const { columns: needed = [] } = mapping.recognise;
  const layout = (header: boolean, of: readonly string[], found: Layout): Layout => ({
    ...found,
    delimited: { delimiter, quote, header, names: of },
  });
  if (needed.every((name) => withHeader.columns.has(name)) && withHeader.columns.size > 0) {
    return layout(true, names, withHeader);
  }
  if (fits !== undefined) {
    const all = cells.length > fits.length ? [...fits, ""] : fits;
    return layout(false, distinct(all), named(mapping, fits));
  }
  return layout(true, names, withHeader);
}

/** The columns of a file without a header by its first row of values, if they are as many and begin as they should. */
function headerlessNames(
  { read, recognise: { first: form } }: Mapping,
  cells: readonly string[],
): readonly string[] | undefined {
  if (read.as !== "delimited" || form === undefined) return undefined;
  if (!new RegExp(form).test(cells[0] ?? "")) return undefined;
  return read.headerless?.find(
    ({ length }) => cells.length === length || (cells.length === length + 1 && cells.at(-1) === ""),
  );
}

/** A first line's values. */
function split(line: string, delimiter: string, quote: string): string[] {
  if (quote === "") return line.split(delimiter);
  const cells: string[] = [""];
  let quoted = false;
  for (const character of line) {
    if (character === quote) quoted = !quoted;
    else if (character === delimiter && !quoted) cells.push("");
    else cells.push(`${cells.pop()}${character}`);
  }
  return cells;
}

/** Names for a query: one that is empty or repeated gets one of its own, which no mapping asks for. */
function distinct(cells: readonly string[]): string[] {
  const seen = new Set<string>();
  return cells.map((cell, index) => {
    const name = cell.trim();
    const taken = name === "" || seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    return taken ? `column ${index + 1} of the file` : name;
  });
}

function json(mapping: Mapping, head: LogHead): Layout | Unfit {
  if (mapping.read.as !== "json") return { lacks: "it is no JSON" };
  const { records } = mapping.read;
  const start = head.text.trimStart()[0];
  if (start !== "{" && start !== "[") return { lacks: "it is no JSON" };
  if ((records === "") !== (start === "[")) return { lacks: `it begins with ${start}` };
  const first = records === undefined ? firstLine(head) : firstRecord(head.text, records);
  if (records !== undefined && records !== "" && !head.text.includes(`"${records}"`)) {
    return { lacks: `it has no "${records}"` };
  }
  if (records === undefined && first === undefined) return { lacks: "its first line is no object" };
  const { columns: needed = [] } = mapping.recognise;
  const seen = (path: string) => first === undefined || has(first.record, path);
  const shown = (column: string) => mapping.columns[column]?.some(seen) === true;
  // Of a record that goes on beyond the beginning, one of the columns that are needed is enough.
  const open = first === undefined || (!first.whole && needed.some(shown));
  const beyond = (path: string) => first?.whole === false && !has(first.record, keyOf(path));
  const found = new Map<string, string>();
  for (const [column, paths] of Object.entries(mapping.columns)) {
    const path = paths.find((each) => seen(each) || beyond(each)) ?? paths[0];
    if (path !== undefined && (shown(column) || open || !needed.includes(column))) {
      found.set(column, path);
    }
  }
  return { columns: found };
}

function firstLine(head: LogHead): { readonly record: unknown; readonly whole: true } | undefined {
  try {
    return { record: JSON.parse(wholeLines(head)[0] ?? ""), whole: true };
  } catch {
    return undefined;
  }
}

/** The outermost key of a path. */
function keyOf(path: string): string {
  return path.split(".", 1)[0] ?? path;
}

function has(record: unknown, path: string): boolean {
  let value = record;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return false;
    value = (value as Record<string, unknown>)[key];
  }
  return true;
}
