import { beforeAll, describe, expect, test } from "vitest";
import { planCluster } from "../../infra/plan";
import { certificatePath } from "../../infra/schedulers/flux/paths";
import { bootstrapSteps } from "../../infra/schedulers/registry";
import { type SchedulerActs, schedulerActs } from "../contract/acts";
import { type Session, sleep, soon } from "../contract/session";
import { contractTuple, fluxPackagesMissing } from "../contract/stack";
import { sessionOnStack } from "../contract/stack-session";
import { notRoot } from "./test-stack";

const missing = fluxPackagesMissing();
const why = notRoot || (missing === "" ? "" : ` (skipped: ${missing})`);

/** Two children a broker: node03 hangs on node01. In the order of arrival, which is sched-simple's. */
const { topology, ...rest } = contractTuple("flux", { fanOut: 2, sched: { type: "simple" } }, 0);
const tuple = { topology: { ...topology, nodes: { ...topology.nodes, count: 3 } }, ...rest };

describe.skipIf(why !== "")(`a tree of brokers${why}`, () => {
  const live = sessionOnStack(tuple, 600_000);
  let session: Session;
  let acts: SchedulerActs;

  beforeAll(() => {
    session = live();
    acts = schedulerActs("flux", session.executor);
  });

  test("the jobs of two users run on all its nodes", async () => {
    const gang = await session.submit(sleep(1), { cores: 6 });
    const other = await session.submit(sleep(0), { user: "user02", cores: 2 });
    const outcome = await session.outcome(gang, soon);
    expect(outcome).toMatchObject({ state: "completed", allocatedCores: 6 });
    expect(outcome.nodes.toSorted()).toEqual(["node01", "node02", "node03"]);
    expect(await session.outcome(other, soon)).toMatchObject({ state: "completed" });
  }, 300_000);

  test("an inner node that is lost takes what hangs on it with it, and both come back", async () => {
    const job = await session.submit(sleep(600), { cores: 6, limitSeconds: 900 });
    await session.started(job, soon);
    await acts.loseNode("node01");
    try {
      expect(await session.outcome(job, 2 * soon)).toMatchObject({ state: "node-failed" });
      const other = await session.submit(sleep(0), { cores: 2 });
      expect(await session.outcome(other, soon)).toMatchObject({
        state: "completed",
        nodes: ["node02"],
      });
      await expect(session.adapter.prepare()).rejects.toThrow(/node01.*node03/s);
    } finally {
      await acts.restoreNode("node01");
      await acts.restoreNode("node03");
    }
    const gang = await session.submit(sleep(0), { cores: 6 });
    expect(await session.outcome(gang, 2 * soon)).toMatchObject({ state: "completed" });
  }, 600_000);

  test("a broker with another certificate stays away, and bootstrap says which it is, with the log", async () => {
    const { handle } = session;
    const plan = planCluster(handle.spec, { stack: handle.cluster.name });
    const ready = bootstrapSteps(handle.spec, plan).at(-1)?.create ?? "";
    const wait = ready.replace(/^await_readiness \d+ /m, "await_readiness 15 ");
    const run = async (node: string, command: string) =>
      session.executor.run(node, command, { step: "test", deadlineMs: 120_000 });
    await run("node02", `cp -p ${certificatePath} /root/own.cert`);
    // Type, owner and mode stay: the file is only written to.
    await run("node02", `flux keygen /root/other.cert && cat /root/other.cert >${certificatePath}`);
    try {
      await acts.loseNode("node02");
      await run("node02", "systemctl reset-failed flux; systemctl start --no-block flux");
      const { code, stderr } = await run("controller", wait);
      expect(code).toBe(1);
      expect(stderr).toMatch(/after \d+ s these nodes take no jobs:\nnode02: (offline|torpid\*)/);
      expect(stderr).toMatch(/0 controller: degraded[\s\S]*2 node02: lost/);
      expect(stderr).toMatch(/at the end of its own \/var\/log\/flux\/broker\.log[\s\S]*node02/);
      expect(stderr).not.toMatch(/secret-key/);
    } finally {
      // Its start has not ended, so it is begun anew.
      await run("node02", `cat /root/own.cert >${certificatePath}; rm /root/o*.cert`);
      await run("node02", "systemctl restart --no-block flux");
      await acts.restoreNode("node02");
    }
  }, 300_000);
});
