import { createHash } from "node:crypto";
import { stringify } from "yaml";
import { jobMemoryMiB } from "../../../spec/allocation";
import { partitionLabel } from "../../../spec/schedulers/kubernetes/policy";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan, NodePlan } from "../../plan";
import { hostsFile } from "../hosts";
import { filesCheck, type InstalledFile, putFile, runWith, script, stepScript } from "../shell";
import type { BootstrapStep } from "../step";
import { makeUsers, usersCheck } from "../users";
import { acceleratorsUnit, acceleratorUnit } from "./accelerators";
import { startContainerd } from "./container-runtime";
import { controlPlaneStepName, reloadUnits } from "./control-plane";
import { kubeadmConfig } from "./kubeadm";
import { nodeViewFiles, nodeViewRuns, nodeViewUnit } from "./node-view";
import { apiPort, containerdSocket, kubeletKubeconfig, noLog, pkiDir } from "./paths";
import { podNetworkFiles, routesFiles, routesUnit } from "./pod-network";

/**
 * From kubelet's start to the node's being ready: 3 s natively, minutes under emulation. A node that
 * was made anew is refused by kubeadm until the old one counts as lost, which takes most of a minute.
 */
const joinSeconds = 180;
const readySeconds = 300;

const joinedMark = "/var/lib/schedlab/joined";

/** containerd with its images, the pods' network, and kubelet, which joins by what comes on stdin. */
export function nodeStep(
  spec: ExperimentSpec,
  plan: ClusterPlan,
  node: NodePlan,
  controller: NodePlan,
): BootstrapStep {
  const files: InstalledFile[] = [
    hostsFile(plan),
    ...podNetworkFiles(plan, node),
    ...nodeViewFiles(node),
    acceleratorUnit(node),
  ];
  const isReady = `kubectl --kubeconfig ${kubeletKubeconfig} get node ${node.name} -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null | grep -qx True`;
  return {
    name: `kubelet-${node.name}`,
    host: node.name,
    needs: [controlPlaneStepName],
    secretFrom: controlPlaneStepName,
    create: stepScript(
      '{ read -r token && { read -r authority || [ -n "$authority" ]; }; } || { echo "no way to join came on standard input" >&2; exit 1; }',
      makeUsers(spec),
      ...files.map(putFile),
      reloadUnits,
      runWith(nodeViewUnit, noLog, nodeViewRuns),
      runWith(routesUnit, noLog, routesFiles),
      startContainerd(putFile, (paths) => runWith("containerd", noLog, paths)),
      kubeletOptions(plan, node),
      join(plan, node, controller),
      // It waits for kubelet, and the last step waits for what it does.
      `systemctl enable -q ${acceleratorsUnit}`,
      `systemctl restart --no-block ${acceleratorsUnit}`,
      `is_ready() { ${isReady}; }`,
      `deadline=$((SECONDS + ${readySeconds}))`,
      "until is_ready; do",
      `  [ "$SECONDS" -lt "$deadline" ] || give_up "${node.name} is not ready after ${readySeconds} s" kubelet ${noLog}`,
      "  sleep 0.2",
      "done",
    ),
    delete: script(
      "systemctl disable -q --now kubelet",
      // On a node that was made anew there is nothing to end, and ctr would wait for a daemon.
      "if systemctl is-active -q containerd; then",
      "  ctr --namespace k8s.io tasks list --quiet | xargs -r -n 1 ctr --namespace k8s.io tasks kill --signal SIGKILL || true",
      "fi",
      "systemctl disable -q --now containerd",
      forgetCluster,
    ),
    check: script(
      `systemctl is-active -q containerd kubelet ${routesUnit}`,
      isReady,
      filesCheck(files),
      usersCheck(spec),
    ),
  };
}

/** What differs between nodes, so that the cluster's one configuration need not. */
function kubeletOptions(plan: ClusterPlan, node: NodePlan): string {
  const labels = plan.partitions
    .filter(({ nodes }) => nodes.includes(node.name))
    .map(({ name }) => `${partitionLabel(name)}=true`);
  return [
    "total=$(sed -n 's/^MemTotal: *\\([0-9]*\\) kB$/\\1/p' /proc/meminfo)",
    // The kernel keeps some of a machine's memory: what jobs may have is the same in every kind of node.
    `reserved=$((total - ${jobMemoryMiB(node)} * 1024))`,
    '[ "$reserved" -gt 0 ] || reserved=0',
    "put /etc/default/kubelet 0644 root:root <<SCHEDLAB_END_OF_FILE",
    `KUBELET_EXTRA_ARGS="--node-ip=${node.address} --node-labels=${labels.join(",")} --system-reserved=memory=\${reserved}Ki"`,
    "SCHEDLAB_END_OF_FILE",
  ].join("\n");
}

const forgetCluster = [
  "rm -rf /etc/kubernetes/pki /etc/kubernetes/*.conf /var/lib/kubelet/pki /var/lib/kubelet/config.yaml",
  `rm -f ${joinedMark}`,
].join("\n");

/**
 * `kubeadm join`, unless the node is in this very cluster already: one whose controller was made anew
 * has another authority. kubeadm's own checks are passed over: they ask for kernel configurations and
 * modules that a container cannot show, and the image holds what they look for.
 */
function join(plan: ClusterPlan, node: NodePlan, controller: NodePlan): string {
  const { content } = kubeadmConfig(plan, controller);
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 12);
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
    `wanted="$authority ${digest} $(sha256sum </etc/default/kubelet)"`,
    `if [ "$(cat ${joinedMark} 2>/dev/null)" != "$wanted" ]; then`,
    "  ! systemctl is-active -q kubelet || systemctl stop kubelet",
    indented(forgetCluster),
    "  config=/run/schedlab/join.yaml",
    '  (umask 077 && cat >"$config") <<SCHEDLAB_END_OF_FILE',
    `${configuration}SCHEDLAB_END_OF_FILE`,
    "  systemctl enable -q kubelet",
    // kubelet looks for it every second and says each time that it is not there.
    "  mkdir -p /etc/kubernetes/manifests",
    `  deadline=$((SECONDS + ${joinSeconds}))`,
    '  until told="$(kubeadm join --config "$config" --skip-phases=preflight 2>&1)"; do',
    '    if [ "$SECONDS" -ge "$deadline" ]; then',
    '      rm -f "$config"',
    `      give_up "${node.name} does not join: $told" kubelet ${noLog}`,
    "    fi",
    "    systemctl stop kubelet",
    indented(indented(forgetCluster)),
    "    sleep 1",
    "  done",
    '  rm -f "$config"',
    `  mkdir -p ${joinedMark.slice(0, joinedMark.lastIndexOf("/"))}`,
    `  printf '%s\\n' "$wanted" >${joinedMark}`,
    "fi",
    "systemctl is-active -q kubelet || systemctl start kubelet",
    `[ -s ${pkiDir}/ca.crt ]`,
  ].join("\n");
}

function indented(text: string): string {
  return text.replace(/^/gm, "  ");
}
