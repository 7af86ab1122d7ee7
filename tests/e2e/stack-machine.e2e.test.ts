import { existsSync } from "node:fs";
import { release } from "node:os";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { metricsWithoutValue, withoutGpusAndMemory } from "./run-records";
import { difference, notRoot, TestStack } from "./test-stack";

const jobs = 6;

const config = {
  topology: {
    domain: "qemu",
    controller: { profile: "cpu1-512m" },
    nodes: { profile: "cpu1-512m", count: 1 },
    overcommit: { cores: 8 },
  },
  workload: {
    kind: "trace",
    jobs,
    timeFactor: 0.05,
    runtime: { max: 2 },
    users: { mapping: "by-job" },
  },
};

const emulator = "/usr/bin/qemu-system-x86_64";
const missing = notRoot || (existsSync(emulator) ? "" : ` (skipped: there is no ${emulator})`);

// Each test starts from where the one before left the stack.
describe.skipIf(missing)(`a stack of emulated machines${missing}`, () => {
  let stack: TestStack;
  let broken = false;

  beforeAll(async () => {
    stack = await TestStack.create(config);
  }, 1_200_000);

  afterAll(() => stack?.dispose(), 300_000);

  beforeEach(({ skip }) => skip(broken, "the stack is not what the test before should have left"));

  afterEach(({ task }) => {
    broken ||= task.result?.state === "fail";
  });

  test("an up killed while it makes the machines leaves what the next one clears away", async () => {
    await stack.killedUp(/Domain \w+ creating/);
    const kinds = (await stack.leftovers()).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(["network", "pool", "directory"]));
  }, 300_000);

  test("boots real machines, and runs the workload on them", async () => {
    await stack.mustUp();
    const { cluster, domain, conditions } = await stack.handle();
    expect([domain, conditions.hypervisorUri]).toEqual(["qemu", "qemu:///system"]);
    expect(cluster.nodes.map(({ name }) => name)).toEqual(["controller", "node01"]);
    expect(await stack.query("SELECT domain, status, reason FROM runs")).toEqual([
      { domain: "qemu", status: "completed", reason: null },
    ]);
    expect(
      await stack.query(
        "SELECT state, start_source, count(*) AS jobs, count(DISTINCT user_name) AS users FROM jobs GROUP BY ALL",
      ),
    ).toEqual([{ state: "completed", start_source: "wrapper", jobs, users: 3 }]);
    expect(await stack.query(metricsWithoutValue)).toEqual(withoutGpusAndMemory);
    // Its own kernel, from the image: no container in disguise.
    const kernels = await stack.query("SELECT DISTINCT kernel FROM nodes");
    expect(kernels).toHaveLength(1);
    expect(kernels[0]?.kernel).not.toBe(release());
  }, 900_000);

  test("has nothing to do when nothing has changed", async () => {
    const before = await stack.resources();
    await stack.mustUp("--expect-no-changes");
    expect(difference(before, await stack.resources())).toEqual({
      created: [],
      replaced: [],
      updated: [],
      deleted: [],
    });
  }, 180_000);

  test("destroy leaves no machine, volume, process or directory", async () => {
    const kinds = (await stack.leftovers()).map(({ kind }) => kind);
    expect(kinds).toEqual(
      expect.arrayContaining(["machine", "network", "pool", "process", "directory"]),
    );
    const { code, output } = await stack.destroy();
    expect(code, output).toBe(0);
    expect(await stack.leftovers()).toEqual([]);
    expect(await stack.resources()).toEqual([]);
    expect(await stack.query("SELECT count(*) AS runs FROM runs")).toEqual([{ runs: 1 }]);
  }, 300_000);
});
