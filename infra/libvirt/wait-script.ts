/** A node to wait for, and where its console is kept. */
export interface AwaitedNode {
  readonly name: string;
  readonly address: string;
  /** How long to wait, in seconds. */
  readonly seconds: number;
  readonly consoleLog: string;
}

/**
 * Shell text that ends well when the node's port 22 sends an SSH greeting, and fails at the
 * deadline with the last lines of its console.
 */
export function waitForSshScript({ name, address, seconds, consoleLog }: AwaitedNode): string {
  const probe = `exec 3<>/dev/tcp/${address}/22; IFS= read -r -t 4 line <&3; case $line in SSH-*) ;; *) exit 1;; esac`;
  return `set -eu
deadline=$(( $(date +%s) + ${seconds} ))
until timeout 5 bash -c '${probe}' 2>/dev/null; do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "${name} (${address}) did not answer SSH within ${seconds} s. The end of its console, ${consoleLog}:" >&2
    tail -n 30 '${consoleLog}' >&2 || true
    exit 1
  fi
  sleep 0.5
done
echo "${name} answers"
`;
}
