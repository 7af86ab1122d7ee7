import { shellScript } from "../../../base/shell-script";
import type { NodePlan } from "../../plan";
import type { InstalledFile } from "../shell";
import { unitPath } from "./unit";

export const nodeViewUnit = "schedlab-node-view";
const nodeViewScriptPath = "/usr/local/lib/schedlab/node-view";

/**
 * Settings of the whole kernel that kubelet would change to these values. A container shares its kernel
 * with the host, whose settings are not ours to change. kubelet sees the values as set already, so it
 * leaves the settings alone.
 */
const kernelSettings = {
  "vm/overcommit_memory": 1,
  "vm/panic_on_oom": 0,
  "kernel/panic": 10,
  "kernel/panic_on_oops": 1,
  "kernel/keys/root_maxkeys": 1_000_000,
  "kernel/keys/root_maxbytes": 25_000_000,
} as const;

/**
 * In a container kubelet would count the host's cores, of which there may be more or fewer than the node
 * has. It counts directories in sysfs, so the node gets directories of its own there. This corresponds to
 * Slurm's `config_overrides`. Pods still see the host's sysfs. On a machine the kernel shows the right
 * number of cores, so the unit does not run there.
 */
export function nodeViewFiles(node: NodePlan): InstalledFile[] {
  const file = (path: string, mode: string, lines: readonly string[]): InstalledFile => ({
    path,
    mode,
    owner: "root:root",
    content: lines.join("\n"),
  });
  const settings = Object.entries(kernelSettings).map(([path, value]) => `${path}=${value}`);
  return [
    file(nodeViewScriptPath, "0755", [
      "#!/bin/sh -e",
      shellScript(__dirname, ["node-view.sh"], [node.vcpus, ...settings]),
    ]),
    file(unitPath(nodeViewUnit), "0644", [
      "[Unit]",
      "Description=What kubelet sees of the kernel that the node shares",
      "ConditionVirtualization=container",
      "Before=kubelet.service",
      "",
      "[Service]",
      "Type=oneshot",
      "RemainAfterExit=yes",
      `ExecStart=${nodeViewScriptPath}`,
      "",
      "[Install]",
      "WantedBy=multi-user.target",
    ]),
  ];
}

export const nodeViewRuns = [nodeViewScriptPath];
