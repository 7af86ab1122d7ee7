import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { planCluster } from "../../../infra/plan";
import { brokerUnit } from "../../../infra/schedulers/flux/unit";
import { bootstrapSteps } from "../../../infra/schedulers/registry";
import { parseSpec } from "../../../spec/parse";
import { goldenFile, ruledSteps, touchedSteps } from "./step-rules";

const clockFile = path.join(__dirname, "..", "..", "..", "infra", "schedulers", "clock.sh");
const directory = mkdtempSync(path.join(tmpdir(), "schedlab-flux-clock-"));
afterAll(() => rmSync(directory, { recursive: true }));

const nodes = { perDomain: 100, cores: 32, memory: "64GiB" };

function stepsWith(run: object, emulated: object | null = nodes) {
  const topology = emulated === null ? {} : { nodes: { count: 1, emulated } };
  const workload = emulated === null ? {} : { kind: "poisson", body: "hold" };
  const spec = parseSpec({ topology, scheduler: { kind: "flux" }, workload, run });
  return bootstrapSteps(spec, planCluster(spec, { stack: "dev" }));
}

const accelerated = { clock: { accelerated: 20 } };

describe("Flux with a faster clock", () => {
  ruledSteps(() => stepsWith(accelerated));

  it("has the controller's step set the clock once the broker's unit is there, and what counts host seconds multiplied", async () => {
    const { create = "" } =
      stepsWith(accelerated).find(({ name }) => name === "broker-controller") ?? {};
    const lines = create.split("\n");
    const own = lines.slice(
      lines.findIndex((line) => line.startsWith("put ") && line.includes("broker.toml")),
    );
    await expect(own.join("\n")).toMatchFileSnapshot(
      goldenFile("flux", "accelerated", "broker.sh"),
    );
  });

  it("is waited for again when the factor changes, and nothing else is touched", () => {
    expect(touchedSteps(stepsWith({}), stepsWith(accelerated))).toEqual([
      "broker-controller",
      "ready",
    ]);
  });

  it("is taken back by real nodes, whose controller may have had emulated ones", () => {
    for (const { name, create } of stepsWith({}, null)) {
      expect(create).not.toMatch(/DEEPBIND/);
      const taken = create.includes(
        "\ntake_host_clock /var/lib/schedlab/clock /var/lib/flux flux\n",
      );
      expect({ name, taken }).toEqual({ name, taken: name === "broker-controller" });
    }
  });
});

describe("command_of", () => {
  function commandOf(text: string): string {
    const unit = path.join(directory, "a.service");
    writeFileSync(unit, text);
    const program = `set -euo pipefail; source ${clockFile}; command_of ${unit}`;
    return spawnSync("bash", ["-c", program], { encoding: "utf8" }).stdout;
  }

  it("gives the broker's command in one line", () => {
    const { content } = brokerUnit(20);
    const [, text = ""] = /^ExecStart=((?:.*\\\n)*.*)$/m.exec(content) ?? [];
    expect(text).toContain("\\\n");
    expect(commandOf(content)).toBe(`${text.replaceAll(/ \\\n +/g, " ")}\n`);
    expect(commandOf(content)).toContain(
      "-Sbroker.cleanup-timeout=100 -Sbroker.shutdown-timeout=200",
    );
  });

  it("gives that of a unit which has it in one line", () => {
    const text =
      "[Service]\nType=notify\nExecStart=/usr/sbin/slurmctld --systemd $OPTIONS\nExecReload=x\n";
    expect(commandOf(text)).toBe("/usr/sbin/slurmctld --systemd $OPTIONS\n");
  });
});
