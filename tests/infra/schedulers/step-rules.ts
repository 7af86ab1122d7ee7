import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, it } from "vitest";
import type { BootstrapStep } from "../../../infra/schedulers/step";

/** A file of the golden files of one scheduler's configuration and steps. */
export function goldenFile(kind: string, ...names: string[]): string {
  return path.join(__dirname, "..", "golden", kind, ...names);
}

/** What holds for the steps of every scheduler and policy. */
export function ruledSteps(steps: () => readonly BootstrapStep[]): void {
  it("orders the steps so that each follows what it needs", () => {
    const before = new Set<string>();
    for (const step of steps()) {
      const needs = [...step.needs, ...(step.secretFrom === undefined ? [] : [step.secretFrom])];
      for (const need of needs) expect(before, `${step.name} needs ${need}`).toContain(need);
      expect(before).not.toContain(step.name);
      before.add(step.name);
    }
    expect([...before].at(-1)).toBe("ready");
  });

  it("writes scripts that bash can read", () => {
    for (const step of steps()) {
      for (const text of [step.create, step.check, step.delete ?? ""]) {
        const { status, stderr } = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
        expect({ step: step.name, status, stderr }).toEqual({
          step: step.name,
          status: 0,
          stderr: "",
        });
      }
    }
  });
}

/** Scripts and checks of the steps against the golden files of the case `default`. */
export function reviewedSteps(kind: string, steps: () => readonly BootstrapStep[]): void {
  it("are the scripts that were reviewed", async () => {
    for (const { name, create, check } of steps()) {
      await expect(create).toMatchFileSnapshot(goldenFile(kind, "default", `${name}.sh`));
      await expect(check).toMatchFileSnapshot(goldenFile(kind, "default", `${name}.check.sh`));
    }
  });
}

/** Names of the steps of `after` that are not in `before` with the same text. */
export function touchedSteps(
  before: readonly BootstrapStep[],
  after: readonly BootstrapStep[],
): string[] {
  const old = new Map(before.map(({ name, create }) => [name, create]));
  return after.filter(({ name, create }) => old.get(name) !== create).map(({ name }) => name);
}
