import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import type { ImageRole } from "../../images/recipe";
import { imageRecipe } from "../../images/roles";
import {
  accountsScript,
  mmdebstrapArguments,
  outsideScript,
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

test("packages from outside are given to apt as files, and completed before schedlab's own files", () => {
  const outside = { dir: "/given", debs: [], versions: {}, hash: "a", files: [] };
  const recipe = { ...imageRecipe("flux"), outside: { hash: "a", packages: {}, setuid: ["/imp"] } };
  const debs = ["/given/one 1.deb", "/given/two.deb"];
  const given = (change: object) =>
    mmdebstrapArguments(recipe, workspace, [], { ...outside, ...change });
  expect(given({ debs })).toEqual(expect.arrayContaining(debs.map((deb) => `--include=${deb}`)));
  const staged = given({});
  const hooks = staged.filter((word) => word.startsWith("--customize-hook"));
  expect(hooks.slice(0, 2)).toEqual([
    '--customize-hook=/build/outside.sh "$1"',
    "--customize-hook=sync-in /build/stage /",
  ]);
  expect(staged.join(" ")).not.toContain("hook-dir");
  expect(outsideScript(recipe, outside)).toMatch(/^set -- "\$1" \/given \/imp$/m);
  expect(outsideScript(recipe, { ...outside, debs })).toMatch(/^set -- "\$1" '' \/imp$/m);
});

test("without sources mmdebstrap chooses the mirror", () => {
  expect(mmdebstrapArguments(recipe, workspace, []).at(-1)).toBe("/build/root");
});

test("accounts are written with fixed ids before packages can make them", () => {
  const tree = mkdtempSync(path.join(tmpdir(), "schedlab-accounts-"));
  try {
    mkdirSync(path.join(tree, "etc"));
    execFileSync("sh", ["-c", accountsScript(recipe), "accounts.sh", tree]);
    const lines = (name: string) => readFileSync(path.join(tree, "etc", name), "utf8").split("\n");
    expect(lines("passwd")).toContain("slurm:x:64030:64030::/nonexistent:/usr/sbin/nologin");
    expect(lines("group")).toContain("munge:x:500:");
    expect(lines("gshadow")).toContain("munge:!::");
    expect(lines("shadow")).toContain("munge:!:19000::::::");
  } finally {
    rmSync(tree, { recursive: true });
  }
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
    flux: ["flux", "munge"],
  };
  for (const role of schedulerKinds) {
    const { disable } = imageRecipe(role).units;
    for (const daemon of [...daemons[role], "prometheus-node-exporter"]) {
      expect(disable).toContain(`${daemon}.service`);
    }
  }
  expect(unitsScript(recipe)).toMatch(/^set -- "\$1" '[^']*slurmctld\.service/m);
});

test.each([
  [
    "E: Failed to fetch Could not resolve 'mirror'",
    /mirror cannot be reached/,
    /SCHEDLAB_DEBIAN_MIRROR/,
  ],
  ["dpkg: error: No space left on device", /the disk is full/, /SCHEDLAB_CACHE/],
  [
    " flux-core : Depends: libzmq99 (>= 9) but it is not installable\nE: Unable to correct problems",
    /depend on others that cannot be had/,
    /on Debian trixie/,
  ],
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
  expect(failure.detail).toContain(log.split("\n")[0]?.trim());
  expect(failure.detail).not.toContain("first line");
});

test("a build that takes too long says so", () => {
  expect(treeFailure(recipe, "", true, "").message).toMatch(/not done after 40 min/);
});
