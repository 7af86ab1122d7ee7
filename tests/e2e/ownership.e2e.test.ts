import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SshExecutor } from "../../experiments/remote/ssh";
import { leftoverLines } from "../../host/leftovers";
import { stackDirectory } from "../../host/owner";
import { notRoot, TestStack } from "./test-stack";

const config = {
  topology: {
    domain: "lxc",
    controller: { profile: "cpu1-512m" },
    nodes: { profile: "cpu1-512m", count: 1 },
    overcommit: { cores: 16 },
  },
  workload: { kind: "trace", jobs: 1, timeFactor: 0.01, runtime: { max: 1 } },
};

describe.skipIf(notRoot)(`stacks whose names begin alike${notRoot}`, () => {
  const stacks: TestStack[] = [];

  beforeAll(async () => {
    const first = await TestStack.create(config);
    stacks.push(first);
    // Their networks, pools and directories have the names of the first one's domains.
    for (const node of ["node01", "controller"]) {
      stacks.push(await TestStack.create(config, `${first.name}-${node}`));
    }
  }, 1_200_000);

  afterAll(async () => {
    for (const stack of stacks) await stack.dispose();
  }, 300_000);

  async function runsJob(stack: TestStack): Promise<string> {
    const { cluster } = await stack.handle();
    const ssh = new SshExecutor(cluster.nodes, cluster);
    try {
      const job = await ssh.run("controller", "srun hostname", {
        step: "a job",
        deadlineMs: 60_000,
      });
      return job.stdout.trim();
    } finally {
      ssh.close();
    }
  }

  const lines = async (stack: TestStack) => leftoverLines(await stack.leftovers()).sort();

  test("destroying the first leaves the others with all they have, and able to run a job", async () => {
    const ups = await Promise.all(stacks.map((stack) => stack.up()));
    for (const { code, output } of ups) expect(code, output).toBe(0);
    const [first, ...others] = stacks;
    if (first === undefined) throw new Error("there is no stack");
    const before = await Promise.all(others.map(lines));
    for (const [index, { name }] of others.entries()) {
      const cluster = `schedlab-${name}`;
      expect(before[index]).toEqual(
        expect.arrayContaining([
          `container ${cluster}-controller`,
          `container ${cluster}-node01`,
          `network ${cluster}`,
          `pool ${cluster}`,
          `directory ${stackDirectory(cluster)} (${cluster})`,
        ]),
      );
    }

    const { code, output } = await first.destroy();
    expect(code, output).toBe(0);
    expect(await first.leftovers()).toEqual([]);
    expect(existsSync(stackDirectory(`schedlab-${first.name}`))).toBe(false);
    expect(await Promise.all(others.map(lines))).toEqual(before);
    expect(await Promise.all(others.map(runsJob))).toEqual(["node01", "node01"]);
  }, 300_000);
});
