import { shellQuote } from "../../../base/quote";
import { shellFile } from "../../../base/shell-script";

/**
 * A shell command that runs one of this folder's Python programs with Flux's own Python, which finds
 * Flux's modules. Its standard input stays free; the client wants a home directory.
 */
export function fluxPython(program: string, ...values: readonly (string | number)[]): string {
  const words = values.map((value) => shellQuote(String(value))).join(" ");
  const source = shellQuote(shellFile(__dirname, program));
  return `cd / && export HOME="\${HOME:-/}" && exec flux python -c ${source} ${words}`;
}
