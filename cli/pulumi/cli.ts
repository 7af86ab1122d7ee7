import { execa } from "execa";
import { Failure } from "../../base/failure";
import { repoRoot } from "../../base/paths";
import { cancelRemedy } from "./locks";

/** Runs the Pulumi CLI in the project with the prepared environment. */
export class PulumiCli {
  constructor(
    private readonly binary: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** Output goes to the terminal. @throws Failure when Pulumi ends with an error. */
  async show(...args: string[]): Promise<void> {
    const { exitCode, signal } = await execa(this.binary, args, {
      cwd: repoRoot,
      env: this.environment,
      stdio: "inherit",
      reject: false,
    });
    const at = args.indexOf("--stack");
    const stack = at === -1 ? undefined : args[at + 1];
    if (signal !== undefined && stack !== undefined) {
      throw new Failure(`pulumi ${args.join(" ")} was ended by ${signal}`, {
        remedy: `a killed pulumi leaves its stack locked: ${cancelRemedy(stack)}; then the same command again goes on from where it stopped`,
      });
    }
    if (exitCode !== 0) {
      throw new Failure(`pulumi ${args.join(" ")} ended with exit code ${exitCode}`, {
        remedy: "see its output above; run the same command again to go on from where it stopped",
      });
    }
  }

  /** @returns standard output. @throws Failure with the end of standard error. */
  async read(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await execa(this.binary, args, {
      cwd: repoRoot,
      env: this.environment,
      stdin: "ignore",
      reject: false,
    });
    if (exitCode !== 0) {
      throw new Failure(`pulumi ${args.join(" ")} ended with exit code ${exitCode}`, {
        detail: stderr.slice(-4000),
      });
    }
    return stdout;
  }
}
