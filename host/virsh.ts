import { execa } from "execa";

const answerSeconds = 30;

export interface VirshOptions {
  /** Deadline of the whole call. */
  readonly seconds?: number;
}

/**
 * One command of virsh on the hypervisor at `uri`, in English and without headings. Never throws:
 * `failed` says that virsh refused, is missing, or did not answer within the deadline.
 */
export function virsh(
  uri: string,
  command: readonly string[],
  { seconds = answerSeconds }: VirshOptions = {},
) {
  return execa("virsh", ["--quiet", "-c", uri, ...command], {
    reject: false,
    stdin: "ignore",
    timeout: seconds * 1000,
    env: { LC_ALL: "C" },
  });
}

/** Names that a listing of virsh prints, one a line; undefined when the hypervisor does not answer. */
export async function virshNames(
  uri: string,
  command: readonly string[],
  options: VirshOptions = {},
): Promise<string[] | undefined> {
  const { failed, stdout } = await virsh(uri, command, options);
  if (failed) return undefined;
  // virsh pads the names of pools with blanks.
  return stdout
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
