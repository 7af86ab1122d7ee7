import { readFileSync } from "node:fs";
import path from "node:path";
import { shellQuote } from "./quote";

/** The text of a shell file that lies beside the TypeScript which uses it; `directory` is its `__dirname`. */
export function shellFile(directory: string, name: string): string {
  return readFileSync(path.join(directory, name), "utf8");
}

/** Values as words of a shell, with blanks between them. */
export function shellWords(values: readonly (string | number)[]): string {
  return values.map((value) => shellQuote(String(value))).join(" ");
}

/**
 * Shell files as one script, with the values that they take as its arguments ($1, $2, …) set in its
 * first line. Whoever can list processes may read them, so a secret comes on standard input instead.
 */
export function shellScript(
  directory: string,
  names: readonly string[],
  values: readonly (string | number)[],
): string {
  const texts = names.map((name) => shellFile(directory, name));
  return [`set -- ${shellWords(values)}`, ...texts].join("\n");
}

/** No line of a text that goes into a here-document may be this. */
const marker = "SCHEDLAB_END_OF_FILE";

/** A here-document, to be put behind a command, that hands it the text as it is. */
export function hereDocument(text: string): string {
  return `<<'${marker}'\n${text}${text.endsWith("\n") ? "" : "\n"}${marker}`;
}

/** A shell function that prints a text, for scripts that write it to a file. */
export function printingFunction(name: string, text: string): string {
  return `${name}() {\ncat ${hereDocument(text)}\n}`;
}
