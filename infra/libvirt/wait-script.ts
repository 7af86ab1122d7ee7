import { shellScript, shellWords } from "../../base/shell-script";

/** A node to wait for, and the commands that explain why it does not answer. */
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
  return `echo ${shellWords([`--- end of ${file}`])}; tail -n 30 ${shellWords([file])}`;
}

/**
 * Shell text that succeeds when the node answers SSH, and fails at the deadline with the evidence.
 */
export function waitForSshScript({ name, address, seconds, explain }: AwaitedNode): string {
  return shellScript(__dirname, ["wait-for-ssh.sh"], [name, address, seconds, explain]);
}
