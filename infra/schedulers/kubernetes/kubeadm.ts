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

/** Stands for the version of the image's kubeadm, which asks the network for one if it is not told. */
export const versionMark = "IMAGE_VERSION";

/** What `kubeadm init`'s phases are told, and with it the configuration of every kubelet. */
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
      // Ten times faster to make than RSA, which shows on an emulated controller.
      encryptionAlgorithm: "ECDSA-P256",
      // The admission service is called by this address, with the API server's own certificate.
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

/** Beyond this no kubelet is tested. */
const mostPods = 500;

/**
 * One text for machines and containers, whose kubelets see control groups of either version. A node
 * gives jobs what Slurm's gives them: whole cores, shared by weight and quota, not pinned; a share of
 * the memory that is counted, not enforced; and no eviction for what the host's disk looks like.
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
    // The images are part of the node: none can be fetched again.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    maxPods: Math.min(mostPods, pods),
    // There is no name server; /etc/hosts has every node.
    resolvConf: "",
    rotateCertificates: true,
    // Jobs of a second end by the dozen: their ends should not wait for a queue of calls.
    kubeAPIQPS: 100,
    kubeAPIBurst: 200,
    eventRecordQPS: 50,
    eventBurst: 100,
    shutdownGracePeriod: "0s",
  };
}
