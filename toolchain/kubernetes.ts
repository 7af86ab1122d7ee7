import { requiredVersion } from "./go";
import { pins } from "./pins";
import type { Program } from "./programs";

export const volcanoModule = "volcano.sh/volcano";
const kwokModule = "sigs.k8s.io/kwok";

/**
 * Folder with go.mod and go.sum of Volcano: ours, or the one that SCHEDLAB_VOLCANO names, for a
 * version with a fix. A folder `patch` in it is added to volcano.sh/apis.
 */
export function volcanoModuleDir(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.SCHEDLAB_VOLCANO || "volcano";
}

/** Kubernetes publishes its programs for Linux on these processors, with a checksum beside each. */
function releaseUrl(name: string): NonNullable<Program["releaseUrl"]> {
  return (platform, architecture) => {
    const processor = { x64: "amd64", arm64: "arm64" }[architecture];
    if (platform !== "linux" || processor === undefined) return null;
    return `https://dl.k8s.io/release/v${pins.kubernetes}/bin/linux/${processor}/${name}`;
  };
}

function kubernetesProgram(name: string): Program {
  const variables = { "k8s.io/component-base/version.gitVersion": `v${pins.kubernetes}` };
  const binary = {
    name,
    module: "kubernetes",
    package: `k8s.io/kubernetes/cmd/${name}`,
    variables,
  };
  return { binary, version: pins.kubernetes, releaseUrl: releaseUrl(name) };
}

function volcanoProgram(name: string, command: string, module: string): Program {
  const version = requiredVersion(module, volcanoModule);
  const binary = {
    name,
    module,
    package: `${volcanoModule}/cmd/${command}`,
    variables: { [`${volcanoModule}/pkg/version.Version`]: `v${version}` },
    patched: "volcano.sh/apis",
  };
  return { binary, version };
}

/**
 * The programs of a Kubernetes cluster that Volcano schedules. Without kube-scheduler: Volcano places
 * every pod. kwok stands in for the kubelets of emulated nodes. @throws Failure when SCHEDLAB_VOLCANO names no module that requires Volcano.
 */
export function kubernetesPrograms(): readonly Program[] {
  const volcano = volcanoModuleDir();
  const etcd = { name: "etcd", module: "etcd", package: "go.etcd.io/etcd/server/v3" };
  const pause = { name: "pause", module: "pause", package: "." };
  const kwok = { name: "kwok", module: "kwok", package: `${kwokModule}/cmd/kwok` };
  return [
    ...["kubelet", "kubeadm", "kubectl", "kube-apiserver", "kube-controller-manager"].map(
      kubernetesProgram,
    ),
    { binary: etcd, version: pins.etcd },
    volcanoProgram("vc-scheduler", "scheduler", volcano),
    volcanoProgram("vc-controller-manager", "controller-manager", volcano),
    volcanoProgram("vc-webhook-manager", "webhook-manager", volcano),
    { binary: pause, version: "1" },
    { binary: kwok, version: requiredVersion("kwok", kwokModule) },
  ];
}
