import { Command, CommanderError } from "commander";
import { vi } from "vitest";

export interface Outcome {
  readonly output: string;
  /** Commander's own refusals: wrong use. */
  readonly wrongUse: string | null;
}

/** Runs one command in this process, as main does. Throws what the command throws. */
export async function runCommand(
  register: (program: Command) => void,
  ...argv: string[]
): Promise<Outcome> {
  let errors = "";
  const output: string[] = [];
  const program = new Command().exitOverride();
  register(program);
  for (const command of program.commands) {
    command.exitOverride().configureOutput({
      writeErr: (text) => {
        errors += text;
      },
    });
  }
  const log = vi.spyOn(console, "log").mockImplementation((text) => output.push(text));
  try {
    await program.parseAsync(["node", "schedlab", ...argv]);
    return { output: output.join("\n"), wrongUse: null };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { output: output.join("\n"), wrongUse: errors };
  } finally {
    log.mockRestore();
  }
}
