import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { repoRoot } from "../../base/paths";
import { clusterName, stackDirectory } from "../../host/owner";
import { type Config, notRoot, type Outcome, TestStack } from "./test-stack";

const topology = {
  domain: "lxc",
  controller: { profile: "cpu1-512m" },
  nodes: { profile: "cpu1-512m", count: 1 },
  overcommit: { cores: 8 },
};

/** A range that the host itself is in. */
function takenCidr(): string {
  const address = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
  if (address === undefined) throw new Error("this host has no address");
  return `${address.split(".").slice(0, 3).join(".")}.0/24`;
}

describe.skipIf(notRoot)(`what cannot work is refused, and nothing is made${notRoot}`, () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.create();
  }, 1_200_000);

  afterAll(() => stack?.dispose(), 180_000);

  async function nothingMade(): Promise<void> {
    expect(await stack.leftovers()).toEqual([]);
    const made = (await stack.resources()).filter(({ type }) => !type.startsWith("pulumi:"));
    expect(made).toEqual([]);
  }

  /** @returns what `up` said; without a stack trace, which would say nothing to a user. */
  async function refusal(config: Config): Promise<string> {
    await stack.configure(config);
    const { code, output } = await stack.up();
    expect(code, output).not.toBe(0);
    expect(output).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    await nothingMade();
    return output;
  }

  async function preview(config: Config, environment = {}): Promise<Outcome> {
    await stack.configure(config);
    const { exitCode, all } = await stack.start(["preview"], environment);
    await nothingMade();
    return { code: exitCode ?? 1, output: all };
  }

  test("every problem of the configuration at once, with its path and the nearest name", async () => {
    const output = await refusal({
      topology: { ...topology, nodes: { count: 0 }, netwrok: {} },
      workload: { kind: "trace", jbos: 5 },
      run: { repeat: 0 },
    });
    expect(output).toContain("topology.nodes.count: expected 1..64, got 0");
    expect(output).toMatch(/topology\.netwrok: unknown key, did you mean "network"\?/);
    expect(output).toMatch(/workload\.jbos: unknown key, did you mean "jobs"\?/);
    expect(output).toContain("run.repeat: expected 1..100, got 0");
  }, 60_000);

  test("more memory than the host has: a warning of preview, a refusal of up", async () => {
    const config = { topology: { ...topology, nodes: { memory: "64TiB" } } };
    const problem = /memory: the plan needs \d+ MiB in 3 nodes, the host has \d+ MiB; take fewer/;
    const { code, output } = await preview(config);
    expect(code, output).toBe(0);
    expect(output).toMatch(new RegExp(`warning: ${problem.source}`));
    expect(await refusal(config)).toMatch(problem);
  }, 120_000);

  test("a network range that the host is in", async () => {
    const cidr = takenCidr();
    const output = await refusal({ topology: { ...topology, network: { cidr } } });
    expect(output).toContain(`network range ${cidr} is taken on this host: network device`);
    expect(output).toContain("set topology.network.cidr to a free one");
  }, 60_000);

  test("a trace that is not there", async () => {
    const file = path.join(stack.directory, "missing.swf");
    const output = await refusal({ topology, workload: { kind: "trace", file } });
    expect(output).toContain(`${file}: no such file`);
  }, 60_000);

  test("a malformed line of a trace, with its number and field", async () => {
    const file = path.join(stack.directory, "bad.swf");
    const line = (job: number, run: string) =>
      [job, job, 0, run, 1, -1, -1, 1, 60, -1, 1, 1, 1, -1, -1, -1, -1, -1].join(" ");
    await writeFile(file, `; MaxProcs: 4\n${line(1, "5")}\n${line(2, "soon")}\n${line(3, "5")}\n`);
    const output = await refusal({ topology, workload: { kind: "trace", file, jobs: 1 } });
    expect(output).toContain(`${file}, line 3, field 4 (run time): expected a number, got "soon"`);
  }, 60_000);

  test.each([
    ["qemu+tcp://127.0.0.1:1/system", /refused/],
    ["qemu:///nowhere", /nowhere/],
  ])(
    "a hypervisor that cannot be reached, %s",
    async (uri, reason) => {
      const output = await refusal({
        topology: { ...topology, domain: "qemu", hypervisor: { uri } },
      });
      expect(output).toContain(`Hypervisor ${uri} cannot be reached`);
      expect(output).toMatch(reason);
      expect(output).toContain("topology.hypervisor.uri");
    },
    60_000,
  );

  test("an up killed while it makes the nodes is taken down by destroy, with what no state knows", async () => {
    await stack.configure({ topology });
    await stack.killedUp(/Command node01 creating/);
    expect((await stack.leftovers()).length).toBeGreaterThan(0);
    const { code, output } = await stack.destroy();
    expect(code, output).toBe(0);
    await nothingMade();
  }, 180_000);

  test("so is a half-made node that no state knows, in whose directory the pool lies", async () => {
    await stack.configure({ topology });
    const directory = stackDirectory(clusterName(stack.name));
    const nodes = () =>
      existsSync(directory)
        ? readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory())
        : [];
    const killedAt = await stack.killedUpAt(async () => {
      await vi.waitUntil(() => nodes().length > 0, { timeout: 120_000, interval: 2 });
    });
    expect(killedAt).not.toBeNull();
    expect(nodes().length).toBeGreaterThan(0);
    const { code, output } = await stack.destroy();
    expect(code, output).toBe(0);
    await nothingMade();
  }, 240_000);

  test("clean takes away the lock and the things of a killed up, and refuses while one works", async () => {
    await stack.configure({ topology });
    const up = stack.start(["up", "--yes", "--skip-preview"]);
    await once(up.all, "data");
    const busy = await vi.waitUntil(
      async () => {
        const { code, output } = await stack.clean("--yes");
        return code !== 0 && output;
      },
      { timeout: 60_000 },
    );
    expect(busy).toMatch(/error: stack e2e-\w+ is locked by a pulumi process \d+/);
    up.kill("SIGINT");
    await up;

    await stack.killUp(/Command node01 creating/);
    const { output: locked } = await stack.up();
    expect(locked).toContain("the stack is currently locked");

    // As a Pulumi leaves them in a backend that has attributes.
    const attributes = `${stack.checkpoint}.attrs`;
    await writeFile(attributes, "");
    expect((await stack.up()).output).toContain("failed to load checkpoint: EOF");
    const dry = await stack.clean("--dry-run");
    expect(dry.output).toContain(`${attributes} was left unfinished`);
    expect(dry.output).toContain(`→ pulumi cancel -s ${stack.name} --yes`);
    expect(dry.output).toContain(`network schedlab-${stack.name}`);
    const cleaned = await stack.clean("--yes");
    expect(cleaned.code, cleaned.output).toBe(0);
    expect(await stack.leftovers()).toEqual([]);
    expect((await stack.clean("--dry-run")).output).toBe("nothing is left");

    const { code, output } = await stack.pulumi("destroy", "--yes", "--skip-preview", "--refresh");
    expect(code, output).toBe(0);
    await nothingMade();
  }, 300_000);

  describe("the large stack's preview", () => {
    async function large(): Promise<Config> {
      const { config } = parse(await readFile(path.join(repoRoot, "Pulumi.large.yaml"), "utf8"));
      return Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key.replace("schedlab:", ""), value]),
      );
    }

    test("works on a host that is too small", async () => {
      const { code, output } = await preview(await large());
      expect(code, output).toBe(0);
      expect(output).toMatch(/warning: memory: the plan needs/);
      expect(output).toMatch(/gpu04 create/);
      expect(output).toMatch(/\+ \d+ to create/);
    }, 120_000);

    test("works without a hypervisor", async () => {
      const bin = path.join(stack.directory, "bin");
      await mkdir(bin, { recursive: true });
      await writeFile(path.join(bin, "virsh"), "#!/bin/sh\necho 'no connection' >&2\nexit 1\n");
      await chmod(path.join(bin, "virsh"), 0o755);
      const { code, output } = await preview(await large(), {
        PATH: `${bin}:${stack.searchPath}`,
      });
      expect(code, output).toBe(0);
      expect(output).toContain("qemu:///system does not answer");
      expect(output).toMatch(/gpu04 create/);
    }, 120_000);
  });
});
