import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { planCluster } from "../../../../infra/plan";
import { nodeViewFiles } from "../../../../infra/schedulers/kubernetes/node-view";
import { parseSpec } from "../../../../spec/parse";

let dir: string;

/** A stand-in for a program, which must not change this machine. */
function fake(name: string, body: string) {
  const file = path.join(dir, name);
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "schedlab-node-view-"));
  fake("mount", `echo "$*" >>${dir}/mounts; echo "$3" >>${dir}/mounted`);
  fake("mountpoint", `grep -qx "$2" ${dir}/mounted 2>/dev/null`);
});
afterEach(() => rmSync(dir, { recursive: true }));

const read = (...names: string[]) => readFileSync(path.join(dir, ...names), "utf8");

test("kubelet is shown the node's cores and the settings that it wants, and a second time nothing changes", () => {
  const spec = parseSpec({ topology: { nodes: { profile: "perlmutter-gpu" } } });
  const node = planCluster(spec, { stack: "dev" }).nodes.find(({ role }) => role === "compute");
  if (node === undefined) throw new Error("no compute node");
  const script = nodeViewFiles(node).find(({ mode }) => mode === "0755")?.content ?? "";
  expect(script).toMatch(/^#!\/bin\/sh -e\n/);
  const run = () =>
    spawnSync("sh", ["-e"], {
      input: script.replaceAll("/run/schedlab/view", `${dir}/view`),
      encoding: "utf8",
      env: { PATH: `${dir}:${process.env.PATH}` },
    });
  expect(run()).toMatchObject({ status: 0, stderr: "" });
  const cores = Array.from({ length: node.vcpus }, (_, index) => `cpu${index}`);
  expect(
    readdirSync(path.join(dir, "view/cpu"))
      .filter((name) => name.startsWith("cpu"))
      .sort(),
  ).toEqual(cores.sort());
  expect(read("view/cpu/online")).toBe(`0-${node.vcpus - 1}\n`);
  expect(read("view/cpu/cpu1/topology/core_id")).toBe("1\n");
  expect(read("view/settings/kernel.panic")).toBe("10\n");
  const mounts = read("mounts").split("\n");
  expect(mounts).toContain(`--bind ${dir}/view/cpu /sys/devices/system/cpu`);
  expect(mounts).toContain(`--bind ${dir}/view/settings/kernel.panic /proc/sys/kernel/panic`);
  expect(run()).toMatchObject({ status: 0, stderr: "" });
  expect(read("mounts").split("\n")).toEqual(mounts);
});
