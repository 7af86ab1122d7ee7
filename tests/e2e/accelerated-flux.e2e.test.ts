import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runChecked } from "../../experiments/remote/executor";
import { SshExecutor } from "../../experiments/remote/ssh";
import { clockPath } from "../../spec/clock";
import { fluxPackagesMissing } from "../contract/stack";
import { notRoot, TestStack } from "./test-stack";

const missing = fluxPackagesMissing();
const why = notRoot || (missing === "" ? "" : ` (skipped: ${missing})`);

const factor = 20;
/** What a broker may be off by, in seconds of the host: its start is some time after the launcher's. */
const startSeconds = 1;

const tuple = (clock: object | "real") => ({
  topology: {
    domain: "lxc",
    controller: { profile: "cpu1-512m", memory: "1GiB" },
    nodes: {
      profile: "cpu1-512m",
      count: 1,
      emulated: { perDomain: 50, cores: 32, memory: "64GiB" },
    },
    overcommit: { cores: 8 },
  },
  scheduler: { kind: "flux" },
  workload: {
    kind: "poisson",
    jobs: 40,
    body: "hold",
    load: 0.3,
    draw: { sizes: "uniform:1:64", runs: "uniform:100:400" },
  },
  run: { clock },
});

describe.skipIf(why !== "")(`a faster clock under Flux${why}`, () => {
  let stack: TestStack;
  let ssh: SshExecutor;
  const onController = async (command: string) =>
    (
      await runChecked(ssh, "controller", command, {
        step: "look at the clock",
        deadlineMs: 60_000,
      })
    ).stdout;

  beforeAll(async () => {
    stack = await TestStack.create(tuple({ accelerated: factor }));
    await stack.mustUp();
    const { cluster } = await stack.handle();
    ssh = new SshExecutor(cluster.nodes, cluster);
  }, 900_000);

  afterAll(async () => {
    ssh?.close();
    await stack?.dispose();
  }, 300_000);

  test("jobs take the time that they asked for in Flux's seconds, of which the host's has several", async () => {
    const [jobs] = await stack.query(`
      SELECT count(*)::INTEGER AS jobs, (count(*) FILTER (state = 'completed'))::INTEGER AS completed,
        quantile_cont(abs(end_s - start_s - planned_run_s)
          / greatest(1, 0.02 * planned_run_s), 0.9) AS late
      FROM jobs`);
    expect(jobs).toMatchObject({ jobs: 40, completed: 40 });
    // A timer on the host's clock would be late by as many times the run time as the factor says. A tenth is
    // left to a busy host, on which 50 ms are a second of Flux.
    expect(Number(jobs?.late)).toBeLessThan(1);
  });

  test("a broker that is restarted goes on with the same clock", async () => {
    const restart = [
      "date +%s.%N",
      "systemctl restart flux",
      "date +%s.%N",
      "HOME=/root timeout 30 flux getattr broker.starttime </dev/null",
      `cat ${clockPath}`,
    ].join(" && ");
    const [before = 0, after = 0, started = 0, told = 0, origin = 0] = (await onController(restart))
      .trim()
      .split(/\s+/)
      .map(Number);
    expect(told).toBe(factor);
    const shown = (at: number) => origin + (at - origin) * factor;
    expect(started).toBeGreaterThan(shown(before) - startSeconds * factor);
    expect(started).toBeLessThan(shown(after) + startSeconds * factor);
  }, 120_000);

  test("back on the host's clock, nothing of the other is left", async () => {
    await stack.configure({ ...tuple("real"), run: { clock: "real", onUp: false } });
    await stack.mustUp();
    const look = `ls ${clockPath} /etc/systemd/system/flux.service.d/clock.conf 2>/dev/null || true`;
    expect(await onController(look)).toBe("");
    const started = "HOME=/root timeout 30 flux getattr broker.starttime </dev/null && date +%s";
    const [broker = 0, now = 0] = (await onController(started)).trim().split(/\s+/).map(Number);
    expect(broker).toBeLessThanOrEqual(now + 1);
  }, 400_000);
});
