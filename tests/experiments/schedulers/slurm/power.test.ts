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

/** Power saving of a pool that keeps one node, and what became of it. */
async function watched() {
  const executor = new FakeExecutor().when(/stat -c/, { stdout: "7\n" });
  const wished: NativeDecision[] = [];
  const warnings: string[] = [];
  const watch = await watchPower(
    executor,
    "controller",
    { now: ["node[01-03]:1"], later: ["node01", "node02"] },
    (decision) => wished.push(decision),
    { warning: (text) => warnings.push(text), failure: () => {} },
  );
  const [log, exempted] = executor.channels;
  if (log === undefined || exempted === undefined) throw new Error("no channel");
  const exemptions = () =>
    executor.calls.flatMap(({ command }) => /SuspendExcNodes=(\S*)/.exec(command)?.[1] ?? []);
  return { executor, watch, log, exempted, exemptions, wished, warnings };
}

test("Slurm may suspend nodes only while somebody does what it wants", async () => {
  const { watch, log, exemptions, wished } = await watched();
  expect(exemptions()).toEqual(["node[01-03]:1"]);
  expect(log.command).toContain("tail -c +8 ");
  log.emit("1.5 suspend node02");
  expect(wished).toEqual([{ node: "node02", want: "leave", at: 1500 }]);
  await watch.close();
  expect(exemptions()).toEqual(["node[01-03]:1", "node01,node02"]);
});

describe("a slurmctld that was restarted, and exempts all nodes again", () => {
  const patient = { timeout: 5_000, interval: 5 };
  const kept = "node[01-03]:1";

  test("is told of the run's nodes anew, each time", async () => {
    const { watch, exempted, exemptions, warnings } = await watched();
    exempted.emit(`exempt ${kept}`);
    expect(exemptions()).toEqual([kept]);
    exempted.emit("exempt node01,node02,node03");
    await expect.poll(exemptions, patient).toEqual([kept, kept]);
    expect(warnings).toEqual([
      "slurmctld exempts node01,node02,node03 from power saving, as after a restart: it is told again",
    ]);
    exempted.emit(`exempt ${kept}`, "exempt ");
    await expect.poll(exemptions, patient).toEqual([kept, kept, kept]);
    expect(warnings.at(-1)).toMatch(/^slurmctld exempts no node /);
    await watch.close();
  });

  test("is told until it answers, with one warning, and no more once the run is over", async () => {
    const { executor, watch, exempted, exemptions, warnings } = await watched();
    let refusals = 2;
    executor.when(/SuspendExcNodes=node\[/, () => ({ code: refusals-- > 0 ? 1 : 0 }));
    exempted.emit("exempt node01,node02,node03");
    await expect.poll(exemptions, patient).toHaveLength(4);
    expect(warnings).toHaveLength(2);
    refusals = Number.POSITIVE_INFINITY;
    exempted.emit("exempt node01,node02,node03");
    await expect.poll(exemptions, patient).toHaveLength(5);
    await watch.close();
    expect(exemptions().at(-1)).toBe("node01,node02");
    expect(exempted.over).toBe(true);
  });

  test("is found when the connection to it was lost meanwhile", async () => {
    const { executor, watch, exempted, exemptions } = await watched();
    exempted.end(null);
    await expect.poll(() => executor.channels.length, patient).toBe(3);
    executor.channels[2]?.emit("exempt node01,node02,node03");
    await expect.poll(exemptions, patient).toEqual([kept, kept]);
    await watch.close();
  });
});
