import { stringify } from "yaml";
import { shellFile, shellWords } from "../../../base/shell-script";
import { jobMemoryMiB } from "../../../spec/allocation";
import { traitLabels } from "../../../spec/schedulers/kubernetes/asks";
import { partitionLabel } from "../../../spec/schedulers/kubernetes/policy";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan, NodePlan } from "../../plan";
import { digestOf } from "../digest";
import { hostsFile } from "../hosts";
import { filesCheck, type InstalledFile, putFile, runWith, script, stepScript } from "../shell";
import type { BootstrapStep } from "../step";
import { makeUsers, usersCheck } from "../users";
import { acceleratorsUnit, acceleratorUnit } from "./accelerators";
import { startContainerd } from "./container-runtime";
import { controlPlaneStepName } from "./control-plane";
import { kubeadmConfig } from "./kubeadm";
import { nodeViewFiles, nodeViewRuns, nodeViewUnit } from "./node-view";
import { apiPort, containerdSocket, kubeletKubeconfig, noLog } from "./paths";
import { podNetworkFiles, routesFiles, routesUnit } from "./pod-network";

/**
 * From kubelet's start to the node's being ready: 3 s natively, minutes under emulation. A node that
 * was made anew is refused by kubeadm until the old one counts as lost, which takes most of a minute.
 */
const joinSeconds = 180;
const readySeconds = 300;

const functions = [shellFile(__dirname, "units.sh"), shellFile(__dirname, "node.sh")]
  .join("")
  .trimEnd();
const readyFunction = shellFile(__dirname, "node-ready.sh").trimEnd();

/** containerd with its images, the pods' network, and kubelet, which joins by what comes on stdin. */
export function nodeStep(
  spec: ExperimentSpec,
  plan: ClusterPlan,
  node: NodePlan,
  controller: NodePlan,
  /** Lines whose change has the step run again. */
  again: readonly string[],
): BootstrapStep {
  const files: InstalledFile[] = [
    hostsFile(plan),
    ...podNetworkFiles(plan, node),
    ...nodeViewFiles(node),
    acceleratorUnit(node),
  ];
  const isReady = `node_is_ready ${kubeletKubeconfig} ${node.name}`;
  return {
    name: `kubelet-${node.name}`,
    host: node.name,
    needs: [controlPlaneStepName],
    secretFrom: controlPlaneStepName,
    create: stepScript(
      ...again,
      functions,
      readyFunction,
      "read_join_parameters",
      makeUsers(spec),
      ...files.map(putFile),
      "reload_units",
      runWith(nodeViewUnit, noLog, nodeViewRuns),
      runWith(routesUnit, noLog, routesFiles),
      startContainerd(putFile, (paths) => runWith("containerd", noLog, paths)),
      kubeletOptions(plan, node),
      join(plan, node, controller),
      // The unit waits for kubelet, and the step `ready` waits for its effect.
      `systemctl enable -q ${acceleratorsUnit}`,
      `systemctl restart --no-block ${acceleratorsUnit}`,
      `is_ready() { ${isReady}; }`,
      `await_node ${node.name} ${readySeconds}`,
    ),
    delete: script(functions, "leave_cluster"),
    check: script(
      `systemctl is-active -q containerd kubelet ${routesUnit}`,
      readyFunction,
      isReady,
      filesCheck(files),
      usersCheck(spec),
    ),
  };
}

/** What differs between nodes, so that the cluster's one configuration need not. */
function kubeletOptions(plan: ClusterPlan, node: NodePlan): string {
  const traits = Object.entries(traitLabels(node)).map(([label, value]) => `${label}=${value}`);
  const partitions = plan.partitions
    .filter(({ nodes }) => nodes.includes(node.name))
    .map(({ name }) => `${partitionLabel(name)}=true`);
  const labels = [...partitions, ...traits];
  const jobMemoryKiB = jobMemoryMiB(node) * 1024;
  return `put_kubelet_options ${shellWords([node.address, labels.join(","), jobMemoryKiB])}`;
}

/** `kubeadm join`, as node.sh has it, with a configuration in which the shell fills in what came. */
function join(plan: ClusterPlan, node: NodePlan, controller: NodePlan): string {
  const { content } = kubeadmConfig(plan, controller);
  const digest = digestOf(content);
  const configuration = stringify({
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "JoinConfiguration",
    discovery: {
      bootstrapToken: {
        apiServerEndpoint: `${controller.address}:${apiPort}`,
        token: "$token",
        caCertHashes: ["$authority"],
      },
    },
    nodeRegistration: { name: node.name, criSocket: containerdSocket },
    // The API server has answered before: a token that it does not know by then is wrong.
    timeouts: { discovery: "2m0s" },
  });
  return [
    "join_configuration() {",
    `cat <<SCHEDLAB_END_OF_FILE\n${configuration}SCHEDLAB_END_OF_FILE`,
    "}",
    `join_cluster ${node.name} ${digest} ${joinSeconds}`,
  ].join("\n");
}
