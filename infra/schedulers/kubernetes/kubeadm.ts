import { stringify } from "yaml";
import { parseCidr } from "../../../spec/network";
import {
  podNetwork,
  podsPerNode,
  serviceNetwork,
} from "../../../spec/schedulers/kubernetes/pod-network";
import type { ClusterPlan, NodePlan } from "../../plan";
import type { InstalledFile } from "../shell";
import { apiPort, containerdSocket, kubeadmConfigPath, pkiDir } from "./paths";

/** Stands for the version of the image's kubeadm. Without a version, kubeadm would ask the network for one. */
export const versionMark = "IMAGE_VERSION";

/** The configuration of `kubeadm init`'s phases, which includes that of every kubelet. */
export function kubeadmConfig(plan: ClusterPlan, controller: NodePlan): InstalledFile {
  const cidr = parseCidr(plan.network.cidr);
  if (cidr === undefined) throw new RangeError(`not a network: ${plan.network.cidr}`);
  const documents = [
    {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "InitConfiguration",
      localAPIEndpoint: { advertiseAddress: controller.address, bindPort: apiPort },
      nodeRegistration: { name: controller.name, criSocket: containerdSocket },
    },
    {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "ClusterConfiguration",
      clusterName: plan.name,
      kubernetesVersion: versionMark,
      certificatesDir: pkiDir,
      controlPlaneEndpoint: `${controller.address}:${apiPort}`,
      // Such keys are made ten times faster than RSA keys, which matters on an emulated controller.
      encryptionAlgorithm: "ECDSA-P256",
      // The admission service is called at this address, and presents the API server's certificate.
      apiServer: { certSANs: ["127.0.0.1"] },
      networking: { podSubnet: podNetwork(cidr), serviceSubnet: serviceNetwork(cidr) },
    },
    kubeletConfiguration(podsPerNode(cidr.prefix)),
  ];
  return {
    path: kubeadmConfigPath,
    mode: "0644",
    owner: "root:root",
    content: documents.map((document) => stringify(document)).join("---\n"),
  };
}

/** kubelet is not tested with more. */
const mostPods = 500;

/**
 * Machines and containers get the same text, although their kubelets may see different versions of
 * control groups. A node gives jobs what a node of Slurm gives them: whole cores, which are shared by weight
 * and quota and not pinned, and a share of the memory, which is counted but not enforced. No job is evicted
 * because of the state of the host's disk.
 */
function kubeletConfiguration(pods: number) {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    cgroupDriver: "cgroupfs",
    failCgroupV1: false,
    failSwapOn: false,
    localStorageCapacityIsolation: false,
    cpuManagerPolicy: "none",
    enforceNodeAllocatable: ["none"],
    evictionHard: {
      "memory.available": "0%",
      "nodefs.available": "0%",
      "nodefs.inodesFree": "0%",
      "imagefs.available": "0%",
      "imagefs.inodesFree": "0%",
    },
    // The images are part of the node, so none could be fetched again.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    maxPods: Math.min(mostPods, pods),
    // There is no name server. /etc/hosts has the names of all nodes.
    resolvConf: "",
    rotateCertificates: true,
    // When dozens of one-second jobs end together, their ends should not wait in a queue of calls.
    kubeAPIQPS: 100,
    kubeAPIBurst: 200,
    eventRecordQPS: 50,
    eventBurst: 100,
    shutdownGracePeriod: "0s",
  };
}
