/** A node to wait for, and what explains it should it never answer. */
export interface AwaitedNode {
  readonly name: string;
  readonly address: string;
  /** How long to wait, in seconds. */
  readonly seconds: number;
  /** Shell text that prints the evidence, such as the end of the console. */
  readonly explain: string;
}

/** Shell text that prints the end of a console kept in a file. */
export function consoleTail(file: string): string {
  return `echo "--- end of ${file}"; tail -n 30 '${file}'`;
}

/**
 * Shell text that ends well when the node's port 22 sends an SSH greeting, and fails at the
 * deadline with what explains that.
 */
export function waitForSshScript({ name, address, seconds, explain }: AwaitedNode): string {
  const probe = `exec 3<>/dev/tcp/${address}/22; IFS= read -r -t 4 line <&3; case $line in SSH-*) ;; *) exit 1;; esac`;
  return `set -eu
deadline=$(( $(date +%s) + ${seconds} ))
until timeout 5 bash -c '${probe}' 2>/dev/null; do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "${name} (${address}) did not answer SSH within ${seconds} s." >&2
    { ${explain.trimEnd()}
    } >&2 || true
    exit 1
  fi
  sleep 0.5
done
echo "${name} answers"
`;
}
