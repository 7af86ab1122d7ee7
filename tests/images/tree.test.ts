import { expect, test } from "vitest";
import type { ImageRole } from "../../images/recipe";
import { imageRecipe } from "../../images/roles";
import {
  accountsScript,
  mmdebstrapArguments,
  treeFailure,
  treeWorkspace,
  unitsScript,
} from "../../images/tree";
import { schedulerKinds } from "../../spec/scheduler";

const recipe = imageRecipe("slurm");
const workspace = treeWorkspace("/build");

test.each(schedulerKinds)("the %s recipe asks mmdebstrap for this", async (role) => {
  const sources = ["deb file:///mirror trixie main"];
  const text = mmdebstrapArguments(imageRecipe(role), workspace, sources).join("\n");
  await expect(`${text}\n`).toMatchFileSnapshot(`golden/${role}-mmdebstrap.txt`);
});

test("without sources mmdebstrap chooses the mirror", () => {
  expect(mmdebstrapArguments(recipe, workspace, []).at(-1)).toBe("/build/root");
});

test("accounts are written with fixed ids before packages can make them", () => {
  const script = accountsScript(recipe);
  expect(script).toContain(
    `echo 'slurm:x:64030:64030::/nonexistent:/usr/sbin/nologin' >>"$1/etc/passwd"`,
  );
  expect(script).toContain(`echo 'munge:x:500:' >>"$1/etc/group"`);
});

test.each(schedulerKinds)("no unit of %s is both masked and switched on or off", (role) => {
  const { enable, disable, mask } = imageRecipe(role).units;
  const [masked, used] = [new Set(mask), [...enable, ...disable]];
  expect(used.filter((unit) => masked.has(unit))).toEqual([]);
  expect(mask.length).toBe(masked.size);
});

test("the daemons of a role start only when the bootstrap enables them", () => {
  const daemons: Record<ImageRole, string[]> = {
    slurm: ["slurmctld", "slurmd", "slurmdbd", "munge", "mariadb"],
    kubernetes: ["containerd", "kubelet"],
  };
  for (const role of schedulerKinds) {
    const { disable } = imageRecipe(role).units;
    for (const daemon of [...daemons[role], "prometheus-node-exporter"]) {
      expect(disable).toContain(`${daemon}.service`);
    }
  }
  expect(unitsScript(recipe)).toMatch(/systemctl --quiet disable .*slurmctld\.service/);
});

test.each([
  [
    "E: Failed to fetch Could not resolve 'mirror'",
    /mirror cannot be reached/,
    /SCHEDLAB_DEBIAN_MIRROR/,
  ],
  ["dpkg: error: No space left on device", /the disk is full/, /SCHEDLAB_CACHE/],
  ["E: something else", /could not be made from Debian trixie packages$/, /log says why/],
])("a log with %s says what to do and shows its tail", (log, message, remedy) => {
  const failure = treeFailure(
    recipe,
    `first line\n${"noise\n".repeat(40)}${log}\n`,
    false,
    "exit 25",
  );
  expect(failure.message).toMatch(message);
  expect(failure.remedy).toMatch(remedy);
  expect(failure.detail).toContain(log);
  expect(failure.detail).not.toContain("first line");
});

test("a build that takes too long says so", () => {
  expect(treeFailure(recipe, "", true, "").message).toMatch(/not done after 40 min/);
});
