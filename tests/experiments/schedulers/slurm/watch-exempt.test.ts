import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { repoRoot } from "../../../../base/paths";

const patient = { timeout: 10_000, interval: 10 };
const pauseSeconds = 0.05;

/** An scontrol that prints the file `config`, and notes that in `looks`; while that is not there, it fails. */
const scontrol = `#!/bin/bash
cd "\${0%/*}" && echo >>looks && [ "$*" = "show config" ] && cat config 2>/dev/null
`;

const configuration = (
  exempt: string,
  boot: number,
) => `Configuration data as of 2026-11-26T12:00:00
BOOT_TIME               = 2026-11-26T11:00:0${boot}
SuspendExcNodes         = ${exempt}
SuspendExcParts         = gpu
SuspendExcStates        = (null)
`;

test("the watch on the nodes that may not be suspended tells of them when they may have changed", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "watch-exempt-"));
  const file = (name: string) => path.join(folder, name);
  fs.writeFileSync(file("scontrol"), scontrol, { mode: 0o755 });
  const configure = (exempt: string, boot = 0) => {
    fs.writeFileSync(file("next"), configuration(exempt, boot));
    fs.renameSync(file("next"), file("config"));
  };
  const looks = () => fs.readFileSync(file("looks"), "utf8").length;
  configure("node[01-03]:1");
  const script = path.join(repoRoot, "experiments/schedulers/slurm/watch-exempt.sh");
  const watch = spawn("bash", [script, String(pauseSeconds)], {
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
  });
  onTestFinished(() => {
    watch.kill();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  let said = "";
  watch.stdout.on("data", (chunk) => {
    said += chunk;
  });
  const lines = () => said.split("\n").slice(0, -1);
  const told = ["exempt node[01-03]:1"];
  await expect.poll(lines, patient).toEqual(told);
  // It is being restarted, and answers nothing.
  fs.rmSync(file("config"));
  const before = looks();
  await expect.poll(looks, patient).toBeGreaterThan(before + 2);
  expect(lines()).toEqual(told);
  for (const [exempt, line] of [
    ["node01,node02,node03", "exempt node01,node02,node03"],
    ["(null)", "exempt "],
    ["node[01-03]:1", "exempt node[01-03]:1"],
    ["", "exempt "],
  ] as const) {
    configure(exempt);
    told.push(line);
    await expect.poll(lines, patient).toEqual(told);
  }
  // It was restarted, and has since been told nothing, or forgotten it in another restart.
  configure("", 1);
  told.push("exempt ");
  await expect.poll(lines, patient).toEqual(told);
  watch.stdin.end();
  await new Promise((resolve) => watch.once("exit", resolve));
});
