import { createHash } from "node:crypto";

/**
 * Building blocks of the steps' scripts. Files are written whole and only when they differ. A service
 * is restarted when it does not run, or when its files are not those it was last started with; that
 * is noted in /run, so that a step which was cut off between the two is made good by the next. Only
 * links to units change, so systemd need not read them anew, and its advice to do so is not shown.
 */

export interface InstalledFile {
  readonly path: string;
  /** Octal, such as "0644". */
  readonly mode: string;
  /** `user:group`. */
  readonly owner: string;
  readonly content: string;
}

const functions = `put() {
  local new="$1.schedlab-new"
  mkdir -p "\${1%/*}"
  (umask 077 && cat >"$new")
  chown "$3" "$new"
  chmod "$2" "$new"
  if cmp -s "$new" "$1"; then rm "$new"; else mv "$new" "$1"; fi
}
fingerprint() { cat -- "$@" | sha256sum; }
run_with() {
  local service="$1" log="$2" wanted told
  shift 2
  wanted="$(fingerprint "$@")"
  mkdir -p /run/schedlab
  if systemctl is-active -q "$service" && [ "$(cat "/run/schedlab/$service" 2>/dev/null)" = "$wanted" ]; then return; fi
  restarted=yes
  systemctl enable -q --no-reload "$service"
  told="$(systemctl restart "$service" 2>&1)" || give_up "$service does not start: $told" "$service" "$log"
  printf '%s\\n' "$wanted" >"/run/schedlab/$service"
}
give_up() {
  {
    echo "$1:"
    journalctl -q --no-pager -n 20 -u "$2" || true
    tail -n 20 "$3" || true
  } >&2
  exit 1
}
await_answer() {
  local service="$1" log="$2" seconds="$3" deadline
  shift 3
  deadline=$((SECONDS + seconds))
  until "$@" >/dev/null 2>&1; do
    systemctl is-active -q "$service" || give_up "$service ended" "$service" "$log"
    [ "$SECONDS" -lt "$deadline" ] || give_up "$service did not answer within $seconds s" "$service" "$log"
    sleep 0.1
  done
}`;

/** A bash script of these parts that stops at the first error. */
export function script(...parts: readonly string[]): string {
  return `${["set -euo pipefail", ...parts].join("\n")}\n`;
}

/** The same, with the functions above at hand. */
export function stepScript(...parts: readonly string[]): string {
  return script(functions, ...parts);
}

const marker = "SCHEDLAB_END_OF_FILE";

function body({ content }: InstalledFile): string {
  return content.endsWith("\n") ? content : `${content}\n`;
}

export function putFile(file: InstalledFile): string {
  const { path, mode, owner } = file;
  return `put ${path} ${mode} ${owner} <<'${marker}'\n${body(file)}${marker}`;
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
  return `sha256sum -c --quiet <<'${marker}'\n${sums.join("\n")}\n${marker}`;
}
