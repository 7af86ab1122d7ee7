import { createHash } from "node:crypto";
import { hereDocument, shellFile } from "../../base/shell-script";

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

export interface Readiness {
  /** Shell function that prints what is not ready yet, nothing when all is. */
  readonly missing: string;
  readonly seconds: number;
  readonly pauseSeconds: number;
  /** Commands that say what is wrong, before and after what is missing. */
  readonly complaint: readonly [before: string, ...after: string[]];
  /** Tried before each further look. */
  readonly remedy?: string;
}

/** Waits until nothing is missing; otherwise complains. */
export function awaitReadiness(readiness: Readiness): string {
  const { missing, seconds, pauseSeconds, remedy } = readiness;
  const [before, ...after] = readiness.complaint;
  return [
    `deadline=$((SECONDS + ${seconds}))`,
    `until waiting="$(${missing})" && [ -z "$waiting" ]; do`,
    '  if [ "$SECONDS" -ge "$deadline" ]; then',
    "    {",
    ...[before, 'echo "$waiting"', ...after].map((command) => `      ${command}`),
    "    } >&2",
    "    exit 1",
    "  fi",
    ...(remedy === undefined ? [] : [`  ${remedy}`]),
    `  sleep ${pauseSeconds}`,
    "done",
  ].join("\n");
}

/** Fails while something is missing, as `awaitReadiness` has it. */
export function readinessCheck(missing: string): string {
  return `waiting="$(${missing})"\n[ -z "$waiting" ] || { echo "$waiting" >&2; exit 1; }`;
}

/** Fails unless each file is there with just this content. */
export function filesCheck(files: readonly InstalledFile[]): string {
  const sums = files.map((file) => {
    const sum = createHash("sha256").update(body(file)).digest("hex");
    return `${sum}  ${file.path}`;
  });
  return `sha256sum -c --quiet ${hereDocument(sums.join("\n"))}`;
}
