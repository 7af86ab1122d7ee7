import { describe, expect, test } from "vitest";
import { awaitUsableNodes } from "../../../../experiments/schedulers/slurm/nodes";

const answer = (...nodes: string[]) => ["+0000", "log", "slurm-wlm 24.11.5", ...nodes].join("\n");

function cluster(answers: readonly string[]) {
  let looks = 0;
  const look = async () => answers[Math.min(looks++, answers.length - 1)] ?? "";
  return {
    looks: () => looks,
    ready: (registerMs = 20_000) =>
      awaitUsableNodes("controller", ["node01", "node02"], look, registerMs),
  };
}

describe("a cluster of Slurm", () => {
  test("is ready when each node can be used, and tells its version", async () => {
    expect(await cluster([answer("node01|idle", "node02|mixed")]).ready()).toBe("24.11.5");
  });

  test("is waited for while slurmctld, which has just started, has not heard of a node", async () => {
    const starting = cluster([
      answer("node01|unknown", "node02|unknown*"),
      answer("node01|idle", "node02|unknown"),
      answer("node01|idle", "node02|idle"),
    ]);
    expect(await starting.ready()).toBe("24.11.5");
    expect(starting.looks()).toBe(3);
  });

  test("is refused when a node stays unheard of", async () => {
    const silent = cluster([answer("node01|idle", "node02|unknown")]);
    await expect(silent.ready(10)).rejects.toThrow("node02 is unknown");
  });

  test("is refused at once when a node is down, or none that slurmctld knows", async () => {
    for (const nodes of [["node01|unknown", "node02|down*"], ["node01|idle"]]) {
      const broken = cluster([answer(...nodes)]);
      await expect(broken.ready()).rejects.toThrow(/node02 is (down\*|unknown to slurmctld)/);
      expect(broken.looks()).toBe(1);
    }
  });
});
