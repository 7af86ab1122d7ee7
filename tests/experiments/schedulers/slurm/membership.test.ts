import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { repoRoot } from "../../../../base/paths";
import { type FakeCall, FakeExecutor } from "../../../../experiments/remote/fake";
import { liveCluster } from "../../../../experiments/run/live-cluster";
import { slurmMembership } from "../../../../experiments/schedulers/slurm/membership";
import {
  type Look,
  LookReader,
  nodeState,
} from "../../../../experiments/schedulers/slurm/node-view";
import { fakeHandle } from "../../run/fake-slurm";

function looks(...lines: string[]): Look[] {
  const seen: Look[] = [];
  const reader = new LookReader((look) => seen.push(look));
  for (const line of lines) reader.line(line);
  return seen;
}

describe("Slurm's word for a node", () => {
  test.each([
    ["idle", "schedulable"],
    ["mixed+planned", "schedulable"],
    ["allocated+completing", "schedulable"],
    ["idle+drain", "draining"],
    ["allocated+drain+completing", "draining"],
    ["down+drain", "down"],
    ["down+not_responding", "down"],
    ["idle+not_responding", "down"],
    ["idle+drain+not_responding", "down"],
    ["idle+cloud+powered_down", "down"],
    ["mixed+cloud+powering_up", "down"],
    ["idle+cloud", "schedulable"],
    ["unknown", "down"],
    ["future", "down"],
  ])("%s means that it is %s", (word, state) => {
    expect(nodeState(word)).toBe(state);
    expect(nodeState(word.toUpperCase())).toBe(state);
  });
});

describe("a look at Slurm's nodes", () => {
  test("has each node once, with its jobs, at the time of the controller", () => {
    const [look] = looks(
      "@ 1795675045.172463 1795675044,922463",
      "node node01        mixed             2 ",
      "node node02        idle+drain        2 ",
      // It is in a second partition, too.
      "node node01        mixed             2 ",
      "job node[01-02]",
      "job node01",
      "job ",
      ".",
    );
    expect(look).toEqual({
      at: 1_795_675_045_172.463,
      before: 1_795_675_044_922.463,
      nodes: [
        { name: "node01", state: "schedulable", cores: 2, jobs: 2 },
        { name: "node02", state: "draining", cores: 2, jobs: 1 },
      ],
    });
  });

  test("counts only when it is whole", () => {
    expect(looks("@ 1.5", "node node01 idle 2")).toEqual([]);
    const both = looks("@ 1.5", "node node01 idle 2", "@ 2.5", "node node02 idle 4", ".");
    expect(both.map(({ nodes }) => nodes.map(({ name }) => name))).toEqual([["node02"]]);
  });

  test("survives any line", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (lines) => {
        looks(...lines);
      }),
    );
  });
});

describe("the scripts on the controller", () => {
  const folder = path.join(repoRoot, "experiments/schedulers/slurm");

  test.each(["membership.sh", "watch-nodes.sh", "watch-exempt.sh"])(
    "bash accepts the syntax of %s",
    (name) => {
      execFileSync("bash", ["-n"], { input: readFileSync(path.join(folder, name)) });
    },
  );
});

function scene() {
  const executor = new FakeExecutor();
  const called = () =>
    executor.calls.map(({ host, command, stdin }: FakeCall) =>
      command === "bash -s" ? `${host}: ${stdin.split("\n")[0]}` : `${host}: ${command}`,
    );
  return { executor, called, membership: slurmMembership(executor, liveCluster(fakeHandle(1))) };
}

describe("Slurm's membership", () => {
  test("starts slurmd before a node is asked for, and restarts one that has not told of itself", async () => {
    const { executor, called, membership } = scene();
    executor.when(/^bash -s$/, { stdout: "idle\n" });
    await membership.join("node02");
    const start = ["node02: systemctl start slurmd", "controller: set -- join node02"];
    expect(called()).toEqual(start);
    executor.calls.length = 0;
    executor.when(/^bash -s$/, { stdout: "down\n" });
    await membership.join("node02");
    expect(called()).toEqual([
      ...start,
      "node02: systemctl restart slurmd",
      "controller: set -- join node02",
    ]);
  });

  test("says whether jobs end or are requeued", async () => {
    const { executor, called, membership } = scene();
    await membership.drain("node02", "finish");
    await membership.drain("node02", "requeue");
    expect(called()).toEqual([
      "controller: set -- drain node02 finish",
      "controller: set -- drain node02 requeue",
    ]);
    executor.calls.length = 0;
    executor.when(/^bash -s$/, ({ stdin }) => ({ stdout: /-- drain/.test(stdin) ? "7\n8\n" : "" }));
    await membership.drain("node02", "requeue");
    expect(called()).toEqual([
      "controller: set -- drain node02 requeue",
      "controller: set -- requeue node02 7 8",
    ]);
  });

  test("sees to the jobs of a drain that was cut off when it is repeated, and then no more", async () => {
    const { executor, called, membership } = scene();
    const drains = ["7\n8\n", "8\n", "", "9\n"];
    let cutOff = 2;
    executor.when(/^bash -s$/, ({ stdin }) => {
      if (/-- drain/.test(stdin)) return { stdout: drains.shift() ?? "" };
      return { code: cutOff-- > 0 ? 1 : 0 };
    });
    const drain = () => membership.drain("node02", "requeue");
    await expect(drain()).rejects.toThrow("have node02 requeue");
    await expect(drain()).rejects.toThrow("have node02 requeue");
    await drain();
    await drain();
    const requeues = called().filter((call) => !call.includes("drain"));
    expect(requeues).toEqual([
      ...Array(3).fill("controller: set -- requeue node02 7 8"),
      "controller: set -- requeue node02 9",
    ]);
  });

  test("stops slurmd before the node is set down", async () => {
    const { executor, called, membership } = scene();
    executor.when(/^bash -s$/, { stdout: "idle+drain\n" });
    await membership.leave("node02");
    expect(called()).toEqual([
      "controller: set -- state node02",
      "node02: systemctl stop slurmd",
      "controller: set -- leave node02",
    ]);
  });

  test("sets a node that does not answer down before it tries to reach it", async () => {
    const { executor, called, membership } = scene();
    executor.when(/^bash -s$/, { stdout: "allocated+not_responding\n" });
    executor.down.add("node02");
    await membership.leave("node02");
    expect(called()).toEqual([
      "controller: set -- state node02",
      "controller: set -- leave node02",
      "controller: set -- leave node02",
    ]);
    executor.down.add("controller");
    await expect(membership.leave("node02")).rejects.toThrow("controller: have node02 state");
  });

  test("tells of its nodes once and whenever they have changed, also after a lost connection", async () => {
    const { executor, membership } = scene();
    const seen: string[][] = [];
    const warnings: string[] = [];
    const watch = await membership.watch(
      ({ nodes }) => seen.push(nodes.map(({ name, state }) => `${name} ${state}`)),
      { warning: (text) => warnings.push(text), failure: () => {} },
    );
    executor.channels[0]?.emit("@ 1", "node node01 idle 2", ".");
    executor.channels[0]?.end(null);
    await expect.poll(() => executor.channels.length, { timeout: 5_000 }).toBe(2);
    executor.channels[1]?.emit("@ 2", "node node01 down 2", ".");
    expect(seen).toEqual([["node01 schedulable"], ["node01 down"]]);
    expect(warnings).toEqual(["controller: watch Slurm's nodes: connection lost"]);
    watch.close();
  });

  test("says how late its word may be: since the last look that slurmctld answered, or that was told", async () => {
    const { executor, membership } = scene();
    const late: number[] = [];
    const watch = await membership.watch(({ resolutionMs }) => late.push(resolutionMs), {
      warning: () => {},
      failure: () => {},
    });
    executor.channels[0]?.emit("@ 1 1", "node node01 idle 2", ".");
    executor.channels[0]?.emit("@ 5 4.75", "node node01 down 2", ".");
    executor.channels[0]?.emit("@ 30 8", "node node01 idle 2", ".");
    executor.channels[0]?.end(null);
    await expect.poll(() => executor.channels.length, { timeout: 5_000 }).toBe(2);
    executor.channels[1]?.emit("@ 42 42", "node node01 down 2", ".");
    executor.channels[1]?.emit("@ 43 42.75", "node node01 idle 2", ".");
    expect(late).toEqual([500, 500, 22_000, 12_000, 500]);
    watch.close();
  });

  test("refuses an answer about the nodes that is cut off", async () => {
    const { executor, membership } = scene();
    executor.when(/StateComplete/, { stdout: "@ 1\nnode node01 idle 2\n" });
    await expect(membership.nodes()).rejects.toThrow("the answer is cut off");
    executor.when(/StateComplete/, { stdout: "@ 1\nnode node01 idle 2\n.\n" });
    expect((await membership.nodes()).nodes).toHaveLength(1);
  });
});
