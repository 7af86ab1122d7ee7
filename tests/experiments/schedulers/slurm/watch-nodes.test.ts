import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { repoRoot } from "../../../../base/paths";
import { type Look, LookReader } from "../../../../experiments/schedulers/slurm/node-view";

const patient = { timeout: 10_000, interval: 10 };
const pauseSeconds = 0.05;

/** An sinfo that prints the file `state`; while that is not there, it fails and notes it in `tries`. */
const sinfo = `#!/bin/bash
cd "\${0%/*}" && cat state 2>/dev/null || { echo >>tries; exit 1; }
`;

test("the watch on Slurm's nodes tells of an outage since when it had not seen them", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "watch-nodes-"));
  const file = (name: string) => path.join(folder, name);
  const see = (state: string) => {
    fs.writeFileSync(file("next"), `node01 ${state} 2\n`);
    fs.renameSync(file("next"), file("state"));
  };
  fs.writeFileSync(file("sinfo"), sinfo, { mode: 0o755 });
  fs.writeFileSync(file("squeue"), "#!/bin/bash\n", { mode: 0o755 });
  see("idle");
  const script = path.join(repoRoot, "experiments/schedulers/slurm/watch-nodes.sh");
  const watch = spawn("bash", [script, String(pauseSeconds)], {
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
  });
  onTestFinished(() => {
    watch.kill();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  const looks: Look[] = [];
  const reader = new LookReader((look) => looks.push(look));
  let rest = "";
  watch.stdout.on("data", (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) reader.line(line);
  });
  await expect.poll(() => looks.length, patient).toBe(1);
  see("down");
  await expect.poll(() => looks.length, patient).toBe(2);
  fs.rmSync(file("state"));
  await expect.poll(() => fs.existsSync(file("tries")), patient).toBe(true);
  await expect
    .poll(() => fs.readFileSync(file("tries"), "utf8").length, patient)
    .toBeGreaterThan(3);
  see("idle");
  await expect.poll(() => looks.length, patient).toBe(3);
  const [first, second, third] = looks;
  if (first === undefined || second === undefined || third === undefined)
    throw new Error("no look");
  expect(first.before).toBe(first.at);
  expect(second.before).toBeGreaterThanOrEqual(first.at);
  // Four pauses at least lay between them.
  expect(third.at - third.before).toBeGreaterThan(4 * pauseSeconds * 1000);
  expect(third.before).toBeGreaterThanOrEqual(second.at);
  watch.stdin.end();
  await new Promise((resolve) => watch.once("exit", resolve));
});
