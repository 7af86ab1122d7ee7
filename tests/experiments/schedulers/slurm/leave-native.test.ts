import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { repoRoot } from "../../../../base/paths";
import { FakeExecutor } from "../../../../experiments/remote/fake";
import { liveCluster } from "../../../../experiments/run/live-cluster";
import { slurmMembership } from "../../../../experiments/schedulers/slurm/membership";
import { elasticSchema } from "../../../../spec/elastic";
import { fakeHandle } from "../../run/fake-slurm";

/** What scontrol is told of a node of this state, which had the other one when it began to go. */
function told(state: string, first: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "leave-native-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  const double = (name: string, body: string) =>
    fs.writeFileSync(path.join(folder, name), `#!/bin/bash\n${body}\n`, { mode: 0o755 });
  double("sinfo", `echo ${state}`);
  double("scontrol", 'echo "$2 $3"');
  const script = path.join(repoRoot, "experiments/schedulers/slurm/membership.sh");
  const { status, stdout, stderr } = spawnSync("bash", [script, "leave-native", "node01", first], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout.trim();
}

describe("a node that power saving lets go", () => {
  const forced = "nodename=node01 state=power_down_force";

  test.each([
    ["idle+cloud+powering_down", "idle+cloud+powering_down", ""],
    ["idle+cloud+powered_down", "idle+cloud+powering_down", ""],
    // slurmctld has given it a job meanwhile.
    ["mixed+cloud+powering_up", "idle+cloud+powering_down", ""],
    ["mixed+cloud+powering_up", "down+cloud+not_responding", ""],
    // It was called and did not come.
    ["mixed+cloud+powering_up", "mixed+cloud+powering_up", forced],
    ["down+cloud+not_responding", "down+cloud+not_responding", forced],
    ["idle+cloud", "idle+cloud", forced],
  ])("as %s, and %s at first, is set down: %j", (state, first, update) => {
    expect(told(state, first)).toBe(update);
  });

  test("has the state with which it began told to both acts", async () => {
    const handle = fakeHandle(1);
    const executor = new FakeExecutor().when(/^bash -s$/, { stdout: "down+not_responding\n" });
    const elastic = new Map([
      ["nodes", elasticSchema.parse({ max: 2, policy: { kind: "native" } })],
    ]);
    await slurmMembership(executor, { ...liveCluster(handle), elastic }).leave("node01");
    const acts = executor.calls.flatMap(({ command, stdin }) =>
      command === "bash -s" ? [stdin.split("\n")[0]] : [],
    );
    const leave = "set -- leave-native node01 down+not_responding";
    expect(acts).toEqual(["set -- state node01", leave, leave]);
  });
});
