import { shellQuote } from "../../../base/quote";
import { shellFile } from "../../../base/shell-script";

/** A shell command that runs one of this folder's Perl programs, whose standard input stays free. */
export function perlProgram(program: string, ...values: readonly (string | number)[]): string {
  const words = values.map((value) => shellQuote(String(value))).join(" ");
  return `cd / && exec perl -e ${shellQuote(shellFile(__dirname, program))} -- ${words}`;
}
