import type { NodePlan } from "../../plan";
import type { InstalledFile } from "../shell";
import { unitPath } from "./unit";

export const nodeViewUnit = "schedlab-node-view";
const nodeViewScriptPath = "/usr/local/lib/schedlab/node-view";

/**
 * Kernel-wide settings that kubelet wants and would write. A container shares its kernel with the
 * host, whose settings are not ours to change; shown as set, they are left alone.
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
 * In a container kubelet would count the host's cores, which may be more or fewer than the node's.
 * It counts directories in sysfs, so the node gets directories of its own there, which has the
 * effect of Slurm's `config_overrides`. Pods still see the host's sysfs. A machine's kernel shows
 * the right number, so the unit does nothing there.
 */
export function nodeViewFiles(node: NodePlan): InstalledFile[] {
  const file = (path: string, mode: string, lines: readonly string[]): InstalledFile => ({
    path,
    mode,
    owner: "root:root",
    content: lines.join("\n"),
  });
  return [
    file(nodeViewScriptPath, "0755", [
      "#!/bin/sh -e",
      "view=/run/schedlab/view",
      'mkdir -p "$view/node" "$view/settings"',
      `for cpu in $(seq 0 ${node.vcpus - 1}); do`,
      '  mkdir -p "$view/cpu/cpu$cpu/topology"',
      '  echo "$cpu" > "$view/cpu/cpu$cpu/topology/core_id"',
      '  echo 0 > "$view/cpu/cpu$cpu/topology/physical_package_id"',
      "done",
      `echo 0-${node.vcpus - 1} | tee "$view/cpu/online" "$view/cpu/present" > "$view/cpu/possible"`,
      "show() {",
      '  [ ! -e "$2" ] || mountpoint -q "$2" || mount --bind "$1" "$2"',
      "}",
      'show "$view/cpu" /sys/devices/system/cpu',
      // Without NUMA nodes the cores count.
      'show "$view/node" /sys/devices/system/node',
      "while read -r setting value; do",
      '  kept="$view/settings/$(echo "$setting" | tr / .)"',
      '  echo "$value" > "$kept"',
      '  show "$kept" "/proc/sys/$setting"',
      "done << END",
      ...Object.entries(kernelSettings).map(([setting, value]) => `${setting} ${value}`),
      "END",
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
