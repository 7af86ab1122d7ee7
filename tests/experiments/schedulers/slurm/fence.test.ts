import { expect, test } from "vitest";
import { FakeExecutor } from "../../../../experiments/remote/fake";
import { liveCluster } from "../../../../experiments/run/live-cluster";
import { slurmAdapter } from "../../../../experiments/schedulers/slurm/adapter";
import { elasticSchema } from "../../../../spec/elastic";
import { fakeHandle } from "../../run/fake-slurm";

async function exemptions(kind?: "pressure" | "native"): Promise<string[]> {
  const executor = new FakeExecutor().when(/./, { stdout: "0\n" });
  const { scheduler } = fakeHandle(1).spec;
  if (scheduler.kind !== "slurm") throw new Error("not Slurm");
  const pool = kind && elasticSchema.parse({ max: 3, policy: { kind } });
  const cluster = {
    ...liveCluster(fakeHandle(1)),
    elastic: new Map(pool === undefined ? [] : [["nodes", pool]]),
  };
  const runId = "20261121T233000Z-k3f9qa";
  const context = { executor, cluster, runId, nodeDirectory: `/var/spool/schedlab/${runId}` };
  expect(await slurmAdapter(context, scheduler).fence()).toBe(0);
  return executor.calls.flatMap(({ command }) => /SuspendExcNodes=(\S*)/.exec(command)?.[1] ?? []);
}

test("a former run that was killed lets slurmctld suspend nodes no longer, where it was allowed to", async () => {
  expect(await exemptions()).toEqual([]);
  expect(await exemptions("pressure")).toEqual([]);
  expect(await exemptions("native")).toEqual(["node01"]);
});
