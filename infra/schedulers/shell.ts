import { createHash } from "node:crypto";
import { hereDocument, shellFile, shellScript } from "../../base/shell-script";

/** Building blocks of the steps' scripts; step.sh has the functions that they call. */

export interface InstalledFile {
  readonly path: string;
  /** Octal, such as "0644". */
  readonly mode: string;
  /** `user:group`. */
  readonly owner: string;
  readonly content: string;
}

const functions = shellFile(__dirname, "step.sh").trimEnd();
const readinessFunctions = shellFile(__dirname, "readiness.sh").trimEnd();

/** A bash script of these parts that stops at the first error. */
export function script(...parts: readonly string[]): string {
  return `${["set -euo pipefail", ...parts].join("\n")}\n`;
}

/** The same, with the functions above at hand. */
export function stepScript(...parts: readonly string[]): string {
  return script(functions, ...parts);
}

function body({ content }: InstalledFile): string {
  return content.endsWith("\n") ? content : `${content}\n`;
}

export function putFile(file: InstalledFile): string {
  const { path, mode, owner } = file;
  return `put ${path} ${mode} ${owner} ${hereDocument(body(file))}`;
}

/** (Re)starts the service when needed; on failure shows its journal and the end of `log`. */
export function runWith(service: string, log: string, files: readonly string[]): string {
  return `run_with ${service} ${log} ${files.join(" ")}`;
}

/** Waits until `probe` succeeds; gives up at once when the service has ended. */
export function awaitAnswer(service: string, log: string, seconds: number, probe: string): string {
  return `await_answer ${service} ${log} ${seconds} ${probe}`;
}

/**
 * The functions with which a step waits for a whole cluster, or checks it, with those of its own: a file
 * in its folder that has `missing` and `complain`, and the values that the file takes.
 */
export function readiness(
  directory: string,
  file: string,
  values: readonly (string | number)[],
): string {
  return [readinessFunctions, shellScript(directory, [file], values).trimEnd()].join("\n");
}

/** Fails unless each file is there with just this content. */
export function filesCheck(files: readonly InstalledFile[]): string {
  const sums = files.map((file) => {
    const sum = createHash("sha256").update(body(file)).digest("hex");
    return `${sum}  ${file.path}`;
  });
  return `sha256sum -c --quiet ${hereDocument(sums.join("\n"))}`;
}
