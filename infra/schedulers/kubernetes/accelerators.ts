import { stringify } from "yaml";
import { gpuResource } from "../../../spec/schedulers/kubernetes/policy";
import type { NodePlan } from "../../plan";
import type { InstalledFile } from "../shell";
import { acceleratorRolePath, kubeletKubeconfig } from "./paths";
import { unitPath } from "./unit";

export const acceleratorsUnit = "schedlab-accelerators";

const advertiseSeconds = 600;

/**
 * Simulated accelerators as an extended resource of the node. The node itself reports them to the API
 * server each time kubelet has started, because kubelet may have counted them as lost by then.
 */
export function acceleratorUnit({ name, gpus }: NodePlan): InstalledFile {
  // Null removes the accelerators that the node may have had before.
  const resources = { [gpuResource]: gpus === 0 ? null : String(gpus) };
  // kubelet derives what is allocatable from the capacity too, but only at its next report, 10 s later.
  const patch = { status: { capacity: resources, allocatable: resources } };
  return {
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
  };
}

/** kubectl reads a node's status before it changes it, which kubelets may not do by default. */
export function acceleratorRole(): InstalledFile {
  const name = "schedlab-node-status";
  const apiGroup = "rbac.authorization.k8s.io";
  const documents = [
    {
      apiVersion: `${apiGroup}/v1`,
      kind: "ClusterRole",
      metadata: { name },
      rules: [{ apiGroups: [""], resources: ["nodes/status"], verbs: ["get"] }],
    },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup, kind: "ClusterRole", name },
      subjects: [{ apiGroup, kind: "Group", name: "system:nodes" }],
    },
  ];
  return {
    path: acceleratorRolePath,
    mode: "0644",
    owner: "root:root",
    content: documents.map((document) => stringify(document)).join("---\n"),
  };
}
