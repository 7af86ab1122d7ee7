import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { query, type Row } from "../../analysis/query";
import { repoRoot } from "../../base/paths";
import { type Leftover, listLeftovers } from "../../host/leftovers";
import { rangeConflict } from "../../host/network";
import { removeLeftovers } from "../../host/removal";
import { type Handle, handleSchema } from "../../infra/handle";
import { pulumiEnvironment } from "../../toolchain/environment";
import { ensureToolchain } from "../../toolchain/pulumi";
import { killTree } from "./process-tree";

/** The tuple as it stands in a stack file, below `schedlab:`. */
export type Config = Readonly<Record<string, unknown>>;

export interface Outcome {
  readonly code: number;
  /** Standard output and error in the order they came. */
  readonly output: string;
}

/** One resource of the stack's state; its id changes when it is made anew. */
export interface Resource {
  readonly name: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: string;
}

/** Names of resources. */
export interface Difference {
  readonly created: readonly string[];
  readonly replaced: readonly string[];
  readonly updated: readonly string[];
  readonly deleted: readonly string[];
}

/** Added to the names of tests that are skipped; empty where they can run. */
export const notRoot = process.getuid?.() === 0 ? "" : " (skipped: domains need root)";

/** Ranges of each of the test files that run side by side, and how many such files there may be. */
const ranges = 50;
const workers = 4;
const commandSeconds = 420;

/** Those of this suite's stacks, which need not be up yet. */
const givenRanges = new Set<string>();

/**
 * A range that nothing on this host uses. Files that run side by side have ranges of their own, as a range
 * of a stack that is not up yet shows nowhere; other suites on the host start at different ones.
 */
async function freeCidr(): Promise<string> {
  const first = (Number(process.env.VITEST_POOL_ID ?? 0) % workers) * ranges;
  for (let index = 0; index < ranges; index++) {
    const cidr = `10.252.${first + ((process.pid + index) % ranges)}.0/24`;
    if (givenRanges.has(cidr)) continue;
    // Before the check, in which another stack of this process may ask.
    givenRanges.add(cidr);
    if ((await rangeConflict(cidr, "")) === null) return cidr;
  }
  throw new Error("no network range is free for the test");
}

/**
 * A stack of this project with a backend, a passphrase and a store of its own in a temporary
 * directory. Only its configuration lies beside the project's, as Pulumi wants it.
 */
export class TestStack {
  private constructor(
    readonly name: string,
    readonly directory: string,
    readonly cidr: string,
    private readonly environment: Readonly<Record<string, string | undefined>>,
  ) {}

  /** The stack's name is its own by chance unless given. */
  static async create(
    config: Config = {},
    name = `e2e-${randomBytes(3).toString("hex")}`,
  ): Promise<TestStack> {
    const directory = await mkdtemp(path.join(tmpdir(), "schedlab-stack-"));
    const toolchain = await ensureToolchain({ report: (line) => console.log(line) });
    const environment = pulumiEnvironment(toolchain, {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PULUMI_HOME: path.join(directory, "home"),
      SCHEDLAB_STATE: directory,
    });
    const own = { ...environment, PULUMI_CONFIG_PASSPHRASE: undefined };
    const stack = new TestStack(name, directory, await freeCidr(), own);
    await stack.must("stack", "init");
    await stack.configure(config);
    return stack;
  }

  get store(): string {
    return path.join(this.directory, "results", "schedlab.duckdb");
  }

  get runsDirectory(): string {
    return path.join(this.directory, "results", "runs");
  }

  /** The file that has the state. */
  get checkpoint(): string {
    return path.join(
      this.directory,
      "pulumi",
      ".pulumi",
      "stacks",
      "schedlab",
      `${this.name}.json`,
    );
  }

  /** Where Pulumi finds its programs. */
  get searchPath(): string {
    return this.environment.PATH ?? "";
  }

  private get file(): string {
    return path.join(repoRoot, `Pulumi.${this.name}.yaml`);
  }

  /** Writes the whole tuple; the network and the store are the test's own unless given. */
  async configure(config: Config): Promise<void> {
    const { config: _, ...pulumis } = parse(await readFile(this.file, "utf8"));
    const topology = { network: { cidr: this.cidr }, ...object(config.topology) };
    const run = { store: this.store, ...object(config.run) };
    const tuple = Object.entries({ ...config, topology, run });
    const keys = Object.fromEntries(tuple.map(([key, value]) => [`schedlab:${key}`, value]));
    await writeFile(this.file, stringify({ ...pulumis, config: keys }));
  }

  /** Starts Pulumi in the project, on this stack; it leads a process group of its own. */
  start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    return execa("pulumi", [...args, "--stack", this.name, "--non-interactive", "--color=never"], {
      cwd: repoRoot,
      env: { ...this.environment, ...environment },
      all: true,
      reject: false,
      stdin: "ignore",
      timeout: commandSeconds * 1000,
    });
  }

  async pulumi(...args: string[]): Promise<Outcome> {
    const { exitCode, all } = await this.start(args);
    return { code: exitCode ?? 1, output: all };
  }

  /** @returns the output. @throws when Pulumi fails, with its output. */
  async must(...args: string[]): Promise<string> {
    const { code, output } = await this.pulumi(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${output}`);
    return output;
  }

  up(...args: string[]): Promise<Outcome> {
    return this.pulumi("up", "--yes", "--skip-preview", ...args);
  }

  async mustUp(...args: string[]): Promise<string> {
    return this.must("up", "--yes", "--skip-preview", ...args);
  }

  /** An `up` that is killed with all its helpers as soon as its output matches; its lock is taken away. */
  async killedUp(moment: RegExp): Promise<void> {
    await this.killUp(moment);
    await this.must("cancel", "--yes");
  }

  /** As `killedUp`, but it leaves the lock. */
  async killUp(moment: RegExp): Promise<void> {
    const up = this.start(["up", "--yes", "--skip-preview"]);
    up.all.on("data", (chunk: Buffer) => {
      if (moment.test(chunk.toString()) && up.pid) killTree(up.pid);
    });
    const { signal, all } = await up;
    if (signal !== "SIGKILL") throw new Error(`not killed, no ${moment} in:\n${all}`);
  }

  /** `schedlab clean` for this stack, with the backend that its Pulumi has. */
  async clean(...args: string[]): Promise<Outcome> {
    const { exitCode, all } = await execa(
      "node",
      ["bin/schedlab.js", "clean", "--stack", this.name, ...args],
      { cwd: repoRoot, env: this.environment, all: true, reject: false, stdin: "ignore" },
    );
    return { code: exitCode ?? 1, output: all };
  }

  /**
   * An `up` that is killed with all its helpers when `moment` is over, and its lock taken away.
   * @returns when it was killed, in milliseconds since the epoch; null when it had ended before.
   */
  async killedUpAt(
    moment: (up: { readonly ended: Promise<unknown> }) => Promise<void>,
  ): Promise<number | null> {
    const up = this.start(["up", "--yes", "--skip-preview"]);
    await moment({ ended: up });
    if (up.pid !== undefined) killTree(up.pid);
    const killedAt = Date.now();
    const { signal } = await up;
    if (signal !== "SIGKILL") return null;
    await this.must("cancel", "--yes");
    return killedAt;
  }

  destroy(): Promise<Outcome> {
    return this.pulumi("destroy", "--yes", "--skip-preview");
  }

  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.must("stack", "output", "--json", "--show-secrets"));
  }

  async handle(): Promise<Handle> {
    return handleSchema.parse((await this.outputs()).handle);
  }

  async resources(): Promise<Resource[]> {
    // Encrypted anew at every update, a secret would always look changed.
    const { deployment } = JSON.parse(await this.must("stack", "export", "--show-secrets"));
    return (deployment.resources ?? []).map(
      ({ urn, type, id, inputs }: Record<string, unknown>): Resource => ({
        name: String(urn).split("::").at(-1) ?? "",
        type: String(type),
        id: String(id),
        inputs: JSON.stringify(inputs),
      }),
    );
  }

  query(sql: string): Promise<Row[]> {
    return query(this.store, sql);
  }

  leftovers(): Promise<readonly Leftover[]> {
    return listLeftovers(this.name);
  }

  /** Whatever happened: nothing of the stack stays. */
  async dispose(): Promise<void> {
    try {
      await this.pulumi("cancel", "--yes");
      await this.destroy();
      await removeLeftovers(this.name);
    } finally {
      await rm(this.file, { force: true });
      await rm(this.directory, { recursive: true, force: true });
    }
  }
}

/** What became of the resources between two states. */
export function difference(before: readonly Resource[], after: readonly Resource[]): Difference {
  const earlier = new Map(before.map((resource) => [resource.name, resource]));
  const later = new Set(after.map(({ name }) => name));
  const kept = after.flatMap((resource) => {
    const previous = earlier.get(resource.name);
    return previous === undefined ? [] : [{ resource, previous }];
  });
  const names = (some: typeof kept) => some.map(({ resource }) => resource.name).sort();
  const same = kept.filter(({ resource, previous }) => resource.id === previous.id);
  return {
    created: after.flatMap(({ name }) => (earlier.has(name) ? [] : [name])).sort(),
    replaced: names(kept.filter(({ resource, previous }) => resource.id !== previous.id)),
    updated: names(same.filter(({ resource, previous }) => resource.inputs !== previous.inputs)),
    deleted: before.flatMap(({ name }) => (later.has(name) ? [] : [name])).sort(),
  };
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
