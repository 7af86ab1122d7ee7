import { execa } from "execa";
import { Failure } from "../base/failure";

export interface RunOptions {
  /** What failed, in words; the command line without this. */
  readonly failure?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Deadline; two minutes unless said. */
  readonly minutes?: number;
}

/** Runs a program to its end. @throws Failure with what it printed. */
export async function run(
  program: string,
  args: readonly string[],
  { failure, minutes = 2, ...options }: RunOptions = {},
): Promise<void> {
  const result = await execa(program, args, {
    ...options,
    all: true,
    reject: false,
    stdin: "ignore",
    timeout: minutes * 60_000,
  });
  if (!result.failed) return;
  const command = [program, ...args].join(" ");
  const end = result.timedOut ? `was not done after ${minutes} min` : "failed";
  throw new Failure(failure ?? `${command} ${end}`, {
    detail: [result.all, result.shortMessage].filter(Boolean).join("\n"),
  });
}
