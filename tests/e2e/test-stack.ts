import { copyFile, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import { repoRoot } from "../../host/paths";
import { type Handle, handleSchema } from "../../infra/handle";

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

interface ExportedResource {
  readonly urn: string;
  readonly type: string;
}

/**
 * A stack of this project in a directory and with a state of its own: the program is the real one,
 * the tester's stacks stay untouched. Needs the variables that `npm test` sets.
 */
export class TestStack {
  private constructor(
    readonly name: string,
    readonly directory: string,
  ) {}

  static async create(name: string, config: Readonly<Record<string, unknown>>): Promise<TestStack> {
    const directory = await mkdtemp(path.join(tmpdir(), "schedlab-stack-"));
    const linked = (await readdir(repoRoot)).filter(
      (entry) => !entry.startsWith("Pulumi.") && !entry.startsWith(".") && entry !== "results",
    );
    for (const entry of linked) await symlink(path.join(repoRoot, entry), path.join(directory, entry));
    await copyFile(path.join(repoRoot, "Pulumi.yaml"), path.join(directory, "Pulumi.yaml"));
    const stack = new TestStack(name, directory);
    await stack.configure(config);
    await stack.must("stack", "init", name);
    return stack;
  }

  get store(): string {
    return path.join(this.directory, "results", "schedlab.duckdb");
  }

  /** Writes the whole configuration; only before `create` has made the stack's salt. */
  private async configure(config: Readonly<Record<string, unknown>>): Promise<void> {
    const file = path.join(this.directory, `Pulumi.${this.name}.yaml`);
    await writeFile(file, stringify({ config }));
  }

  async pulumi(...args: string[]): Promise<Outcome> {
    const { exitCode, all } = await execa("pulumi", [...args, "--non-interactive", "--color=never"], {
      cwd: this.directory,
      all: true,
      reject: false,
      stdin: "ignore",
      env: { PULUMI_BACKEND_URL: `file://${this.directory}` },
    });
    return { code: exitCode ?? 1, output: all };
  }

  async must(...args: string[]): Promise<string> {
    const { code, output } = await this.pulumi(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${output}`);
    return output;
  }

  up(...args: string[]): Promise<Outcome> {
    return this.pulumi("up", "--yes", "--skip-preview", "--stack", this.name, ...args);
  }

  set(key: string, value: string): Promise<string> {
    return this.must("config", "set", "--path", key, value, "--stack", this.name);
  }

  async handle(): Promise<Handle> {
    const { stdout } = await execa(
      "pulumi",
      ["stack", "output", "handle", "--json", "--show-secrets", "--stack", this.name],
      { cwd: this.directory, env: { PULUMI_BACKEND_URL: `file://${this.directory}` } },
    );
    return handleSchema.parse(JSON.parse(stdout));
  }

  async resources(): Promise<ExportedResource[]> {
    const { stdout } = await execa("pulumi", ["stack", "export", "--stack", this.name], {
      cwd: this.directory,
      env: { PULUMI_BACKEND_URL: `file://${this.directory}` },
    });
    return JSON.parse(stdout).deployment.resources ?? [];
  }

  destroy(): Promise<Outcome> {
    return this.pulumi("destroy", "--yes", "--skip-preview", "--stack", this.name);
  }

  /** Whatever happened: nothing of the stack stays. */
  async dispose(): Promise<void> {
    await this.pulumi("cancel", "--yes", "--stack", this.name);
    await this.destroy();
    await execa("node", ["bin/schedlab.js", "sweep", "--remove", "--stack", this.name], {
      cwd: repoRoot,
      reject: false,
    });
    await rm(this.directory, { recursive: true, force: true });
  }
}
