/** As many names as one expression may stand for: more is a slip of the pen. */
const mostNames = 65_536;

/** Text that is not in the notation; the message says what was expected. */
export class HostlistError extends Error {}

/**
 * Expands the notation for many names that schedulers share: `n[01-03,7],gpu1`, zeros kept; several brackets in one name
 * multiply, the last one varying fastest. Duplicates stay.
 * @throws HostlistError
 */
export function expandNames(text: string): string[] {
  const names: string[] = [];
  for (const part of splitOutside(text)) {
    for (const name of expandOne(part)) {
      names.push(name);
      if (names.length > mostNames) throw tooMany();
    }
  }
  return names;
}

function tooMany(): HostlistError {
  return new HostlistError(`expected at most ${mostNames} names`);
}

/** At commas that are not within brackets. */
function splitOutside(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const sign = text[at];
    if (sign === "[") depth += 1;
    if (sign === "]") depth -= 1;
    if (depth < 0 || depth > 1) throw new HostlistError("expected each [ to be closed by one ]");
    if (at < text.length && (sign !== "," || depth > 0)) continue;
    if (depth > 0) throw new HostlistError("expected each [ to be closed by one ]");
    const part = text.slice(from, at).trim();
    if (part !== "") parts.push(part);
    from = at + 1;
  }
  return parts;
}

function expandOne(name: string): string[] {
  const open = name.indexOf("[");
  if (open < 0) {
    if (/\s/.test(name)) throw new HostlistError(`expected a name without spaces, got "${name}"`);
    return [name];
  }
  const close = name.indexOf("]", open);
  const tails = expandOne(name.slice(close + 1));
  const before = name.slice(0, open);
  const numbers = name
    .slice(open + 1, close)
    .split(",")
    .flatMap(expandRange);
  if (numbers.length * tails.length > mostNames) throw tooMany();
  return numbers.flatMap((number) => tails.map((tail) => before + number + tail));
}

function expandRange(range: string): string[] {
  const match = /^\s*(\d{1,9})(?:-(\d{1,9}))?\s*$/.exec(range);
  if (match === null) {
    throw new HostlistError(`expected numbers such as 1-8 in brackets, got "${range}"`);
  }
  const [, low = "", high = low] = match;
  const [first, last] = [Number(low), Number(high)];
  if (last < first) throw new HostlistError(`expected a range that goes up, got "${range}"`);
  if (last - first >= mostNames) throw tooMany();
  return Array.from({ length: last - first + 1 }, (_, index) =>
    String(first + index).padStart(low.length, "0"),
  );
}

/** The names in the same notation and in their order, runs of numbers of equal width in brackets. */
export function compressNames(names: readonly string[]): string {
  const groups: { prefix: string; ranges: { low: string; high: string }[] }[] = [];
  for (const name of names) {
    const [, prefix = name, digits = ""] = /^(.*?)(\d{0,9})$/.exec(name) ?? [];
    const group = groups.at(-1);
    const last = group?.ranges.at(-1);
    if (
      group === undefined ||
      last === undefined ||
      group.prefix !== prefix ||
      digits === "" ||
      last.low === ""
    ) {
      groups.push({ prefix, ranges: [{ low: digits, high: digits }] });
    } else if (follows(last.high, digits)) last.high = digits;
    else group.ranges.push({ low: digits, high: digits });
  }
  return groups
    .map(({ prefix, ranges }) => {
      const texts = ranges.map(({ low, high }) => (low === high ? low : `${low}-${high}`));
      return texts.length === 1 && !texts[0]?.includes("-")
        ? prefix + texts[0]
        : `${prefix}[${texts.join(",")}]`;
    })
    .join(",");
}

/** Whether the number comes right after, in the same notation. */
function follows(before: string, after: string): boolean {
  return String(Number(before) + 1).padStart(before.length, "0") === after;
}
