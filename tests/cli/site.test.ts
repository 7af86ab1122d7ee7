import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { repoRoot } from "../../base/paths";
import { registerSite } from "../../cli/site";
import { refuseOriginals, translated, writeTranslated } from "../../cli/translated";
import { runCommand } from "./command";

let root = "";
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "site-"));
});
afterEach(() => {
  process.exitCode = 0;
  rmSync(root, { recursive: true });
});

async function site(...argv: string[]) {
  process.exitCode = 0;
  const errors: string[] = [];
  const spy = vi.spyOn(console, "error").mockImplementation((text) => void errors.push(text));
  const { output } = await runCommand(registerSite, "site", ...argv);
  spy.mockRestore();
  return { code: process.exitCode, stdout: output, stderr: errors.join("\n") };
}

const example = path.join(repoRoot, "examples", "site");
const usual = { scheduler: undefined, set: {}, users: 3 };

it("prints the whole translation and writes its files", async () => {
  const { code, stdout } = await site(example, "--users", "12", "--out", root);
  expect(code).toBe(0);
  expect(stdout).toContain(
    "@@ names, addresses and ports are this cluster's @@\n- ClusterName=(left out)\n+ ClusterName=schedlab",
  );
  expect(stdout).toContain("500 nodes on 1 domain, 6 partitions");
  expect(readdirSync(root).sort()).toEqual([
    "cgroup.conf",
    "gres.conf",
    "slurm.conf",
    "topology.conf",
  ]);
});

it("takes the files beside the main file, where that one is named", async () => {
  const whole = await site(example);
  expect(await site(path.join(example, "slurm.conf"))).toEqual(whole);
});

it("does not write over the site's own files", async () => {
  const file = path.join(root, "slurm.conf");
  const text = "NodeName=n CPUs=1\nPartitionName=p Nodes=n\n";
  writeFileSync(file, text);
  for (const where of [root, file]) {
    await expect(site(where, "--out", `${root}/.`)).rejects.toThrow("the site's own directory");
  }
  expect(readFileSync(file, "utf8")).toBe(text);
  const other = path.join(root, "other");
  refuseOriginals(root, other);
  writeTranslated(other, [{ name: "slurm.conf", content: "KillWait=1\n" }]);
  refuseOriginals(root, other);
  expect(readdirSync(other)).toEqual(["slurm.conf"]);
});

it("leaves out devices that a node has none of", () => {
  writeFileSync(
    path.join(root, "slurm.conf"),
    "GresTypes=gpu\nNodeName=n CPUs=1 Gres=gpu:0\nNodeName=m CPUs=1 Gres=gpu:a:0,gpu:b:2\nPartitionName=p Nodes=n,m",
  );
  const { files, refused } = translated(root, usual);
  expect(refused).toEqual([]);
  const gres = files.find(({ name }) => name === "gres.conf")?.content ?? "";
  expect(gres).toMatch(/Type=b File=\S+\[0-1\]/);
  expect(gres).not.toMatch(/Type=a|--|NodeName=n /);
});

it("prints no credential, of the file or over it", async () => {
  writeFileSync(
    path.join(root, "slurm.conf"),
    "NodeName=n CPUs=1\nPartitionName=p Nodes=n\nJobCompLoc=http://u:SECRET@h",
  );
  for (const further of [[], ["--json"]]) {
    const over = ["--set", "AccountingStoragePass=SECRET", ...further];
    const { code, stdout } = await site(root, ...over);
    expect(code).toBe(0);
    expect(stdout).toContain("AccountingStoragePass=");
    expect(stdout).not.toContain("SECRET");
  }
});

it("ends with 2 and the file, line and key where something is refused", async () => {
  writeFileSync(
    path.join(root, "slurm.conf"),
    "NodeName=n CPUs=1\nPartitionName=p Nodes=n\nBurstBufferType=burst_buffer/lua",
  );
  const { code, stdout, stderr } = await site(root);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/slurm.conf:3: BurstBufferType: this cluster has no burst buffer/);
  const { code: harmless } = await site(root, "--set", "BurstBufferType=");
  expect(harmless).toBe(0);
});

it("finds out whose configuration it is, or says what it looked for", () => {
  writeFileSync(
    path.join(root, "volcano-scheduler.yaml"),
    "actions: allocate\ntiers:\n- plugins:\n  - name: predicates\nmetrics:\n  type: prometheus\n",
  );
  const { refused, changes, files } = translated(root, usual);
  expect(refused).toEqual([]);
  expect(changes.map(({ theirs, ours }) => [...theirs, ...ours])).toEqual([
    ["metrics: (left out)"],
    ["predicate.DynamicResourceAllocationEnable: false"],
  ]);
  expect(files[0]?.content).not.toContain("prometheus");
  rmSync(path.join(root, "volcano-scheduler.yaml"));
  expect(translated(root, usual).refused[0]?.message).toMatch(
    /expected slurm.conf, volcano-scheduler.yaml, flux.toml/,
  );
  expect(translated(root, { ...usual, scheduler: "pbs" }).refused[0]?.message).toMatch(/got "pbs"/);
});

it("merges Flux's tables and lists what is otherwise", () => {
  writeFileSync(
    path.join(root, "flux.toml"),
    [
      "[bootstrap]",
      'curve_cert = "/etc/flux/curve.cert"',
      "[sched-fluxion-qmanager]",
      'queue-policy = "hybrid"',
      "[sched-fluxion-resource]",
      'match-policy = "lonodex"',
      "[policy.limits]",
      'duration = "1d"',
      "[job-manager]",
      'inactive-age-limit = "7d"',
    ].join("\n"),
  );
  const { refused, changes, files } = translated(root, usual);
  expect(refused).toEqual([]);
  const text = files[0]?.content ?? "";
  expect(text).toContain('queue-policy = "hybrid"');
  expect(text).toContain('match-policy = "lonodex"');
  expect(text).toContain('duration = "1d"');
  expect(text).not.toMatch(/bootstrap|inactive/);
  expect(changes.flatMap(({ theirs }) => theirs)).toEqual([
    "[bootstrap]",
    "[job-manager.inactive-age-limit]",
  ]);
  expect(changes.flatMap(({ ours }) => ours)).toEqual(['match-format = "rv1_nosched"']);
});
