import { describe, expect, test } from "vitest";
import { FakeExecutor } from "../../../../experiments/remote/fake";
import type { NativeDecision } from "../../../../experiments/schedulers/adapter";
import {
  keptNodes,
  parsePowerLine,
  watchPower,
} from "../../../../experiments/schedulers/slurm/power";

describe("the log of power saving", () => {
  test("has a wish for each node of a line", () => {
    const at = 1_795_677_925_535.584;
    expect(parsePowerLine("1795677925.535584 suspend node[02-03]")).toEqual([
      { node: "node02", want: "leave", at },
      { node: "node03", want: "leave", at },
    ]);
    expect(parsePowerLine("1795677925,535584 resume gpu01")).toEqual([
      { node: "gpu01", want: "join", at },
    ]);
  });

  test.each(["", "x", "1.5 reboot node01", "1.5 resume", "soon resume node01"])(
    "has none in %j",
    (line) => {
      expect(parsePowerLine(line)).toEqual([]);
    },
  );
});

test("as many nodes of a pool as its least stay, in Slurm's notation", () => {
  expect(keptNodes(["node01", "node02", "node03"], 2)).toEqual(["node[01-03]:2"]);
  expect(keptNodes(["b2c07"], 1)).toEqual(["b2c[07-07]:1"]);
  expect(keptNodes(["node01"], 0)).toEqual([]);
  expect(keptNodes([], 1)).toEqual([]);
});

test("Slurm may suspend nodes only while somebody does what it wants", async () => {
  const executor = new FakeExecutor();
  executor.when(/stat -c/, { stdout: "7\n" });
  const wished: NativeDecision[] = [];
  const watch = await watchPower(
    executor,
    "controller",
    { now: ["node[01-03]:1"], later: ["node01", "node02"] },
    (decision) => wished.push(decision),
    { warning: () => {}, failure: () => {} },
  );
  const exemptions = () =>
    executor.calls.flatMap(({ command }) => /SuspendExcNodes=(\S*)/.exec(command)?.[1] ?? []);
  expect(exemptions()).toEqual(["node[01-03]:1"]);
  expect(executor.channels[0]?.command).toContain("tail -c +8 ");
  executor.channels[0]?.emit("1.5 suspend node02");
  expect(wished).toEqual([{ node: "node02", want: "leave", at: 1500 }]);
  await watch.close();
  expect(exemptions()).toEqual(["node[01-03]:1", "node01,node02"]);
});
