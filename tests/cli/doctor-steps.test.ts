import { expect, test } from "vitest";
import { checkSteps, stepLines } from "../../cli/doctor/steps";
import { FakeExecutor } from "../../experiments/remote/fake";
import type { BootstrapStep } from "../../infra/schedulers/step";

const step = (name: string, host: string, needs: readonly string[]): BootstrapStep => ({
  name,
  host,
  needs,
  create: "true",
  check: `check of ${name}\n`,
});

const steps = [
  step("slurmctld", "controller", []),
  step("slurmd-node01", "node01", ["slurmctld"]),
  step("slurmd-node02", "node02", ["slurmctld"]),
  step("ready", "controller", ["slurmctld", "slurmd-node01", "slurmd-node02"]),
];

const options = { stack: "dev", report: () => {} };

/** Answers each check by its step's name; the others are in force. */
function executor(answers: Readonly<Record<string, { code: number; stderr?: string }>> = {}) {
  return new FakeExecutor().when(/^bash -s$/, ({ stdin }) => {
    const name = /check of (\S+)/.exec(stdin)?.[1] ?? "";
    return answers[name] ?? {};
  });
}

test("a cluster in order has a line a step and nothing to do", async () => {
  const checks = await checkSteps(steps, executor(), options);
  expect(stepLines(checks)).toEqual([
    "ok      slurmctld      on controller",
    "ok      slurmd-node01  on node01",
    "ok      slurmd-node02  on node02",
    "ok      ready          on controller",
  ]);
});

test("a broken step is named with its node, what its check said, and what to do", async () => {
  const broken = executor({
    "slurmd-node02": { code: 3, stderr: "failed: systemctl is-active -q slurmd\n" },
    ready: { code: 1, stderr: "node02 down*\n" },
  });
  const checks = await checkSteps(steps, broken, options);
  expect(stepLines(checks)).toEqual([
    "ok      slurmctld      on controller",
    "ok      slurmd-node01  on node01",
    "broken  slurmd-node02  on node02",
    "          failed: systemctl is-active -q slurmd",
    "        → pulumi up --stack dev --replace '**::slurmd-node02'",
    "broken  ready          on controller",
    "          node02 down*",
    "        → first: slurmd-node02",
    "        → pulumi up --stack dev --replace '**::ready'",
  ]);
});

test("a node that cannot be reached is broken, and the others are checked all the same", async () => {
  const alone = executor();
  alone.down.add("node01");
  const checks = await checkSteps(steps, alone, options);
  expect(checks.map(({ status }) => status)).toEqual(["ok", "broken", "ok", "ok"]);
  expect(checks[1]).toMatchObject({ node: "node01", remedy: "pulumi up --stack dev" });
  expect(checks[1]?.detail).toContain("no SSH connection");
});

test("a step is looked at after those that it needs", async () => {
  const calls = executor();
  await checkSteps(steps, calls, options);
  const order = calls.calls.map(({ stdin }) => /check of (\S+)/.exec(stdin)?.[1]);
  expect(order[0]).toBe("slurmctld");
  expect(order.at(-1)).toBe("ready");
});

test("a check that says nothing is known by its exit code", async () => {
  const [check] = await checkSteps(steps, executor({ slurmctld: { code: 7 } }), options);
  expect(check?.detail).toBe("the check ended with exit code 7");
});
