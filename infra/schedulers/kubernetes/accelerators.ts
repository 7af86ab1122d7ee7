import type { NodePlan } from "../../plan";
import { gpuResource } from "../../spec/kubernetes";
import type { InstalledFile } from "../shell";
import { kubeletKubeconfig } from "./paths";
import { unitPath } from "./unit";

export const acceleratorsUnit = "schedlab-accelerators";

const advertiseSeconds = 600;

/**
 * Simulated accelerators as an extended resource of the node. It is the node itself that tells the
 * API server of them, each time that kubelet has started: kubelet may count them as lost by then.
 */
export function acceleratorFiles({ name, gpus }: NodePlan): InstalledFile[] {
  if (gpus === 0) return [];
  const patch = { status: { capacity: { [gpuResource]: String(gpus) } } };
  return [
    {
      path: unitPath(acceleratorsUnit),
      mode: "0644",
      owner: "root:root",
      content: [
        "[Unit]",
        "Description=Tells of the node's simulated accelerators",
        "After=kubelet.service",
        "PartOf=kubelet.service",
        "",
        "[Service]",
        "Type=oneshot",
        "RemainAfterExit=yes",
        `TimeoutStartSec=${advertiseSeconds}`,
        `ExecStart=/bin/sh -c 'until kubectl --kubeconfig ${kubeletKubeconfig} patch node ${name} --subresource=status --type=merge -p "$$PATCH"; do sleep 1; done'`,
        `Environment='PATCH=${JSON.stringify(patch)}'`,
        "",
        "[Install]",
        "WantedBy=kubelet.service",
      ].join("\n"),
    },
  ];
}
