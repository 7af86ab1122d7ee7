import { sourceKey } from "../../toolchain/build";
import { kubernetesPrograms, volcanoModule, volcanoModuleDir } from "../../toolchain/kubernetes";
import type { RoleContract } from "../contract/role";
import type { ContainerImage, LayerEntry, ModuleFiles, Recipe } from "../recipe";
import { baseRecipe, config } from "./base";

const directory = (path: string, mode = 0o755): LayerEntry => ({ kind: "directory", path, mode });
const link = (path: string, target: string): LayerEntry => ({ kind: "link", path, target });

/** Holds a pod's namespaces. */
const pauseImage: ContainerImage = {
  reference: "schedlab.local/pause:1",
  archive: "pause.tar",
  layer: [{ kind: "program", path: "pause", program: "pause" }],
  entrypoint: ["/pause"],
  environment: [],
};

/**
 * No program of its own: a pod mounts the node's /usr, so that a job runs what it would run under
 * another scheduler, and a container costs no copy of a tree, whatever the snapshotter.
 */
const jobImage: ContainerImage = {
  reference: "schedlab.local/job:1",
  archive: "job.tar",
  layer: [
    ...["dev", "etc", "home", "opt", "proc", "run"],
    ...["sys", "usr", "var", "var/lib", "var/spool", "var/spool/schedlab"],
  ]
    .map((path) => directory(path))
    .concat(
      directory("root", 0o700),
      directory("tmp", 0o1777),
      directory("var/tmp", 0o1777),
      ["bin", "lib", "lib64", "sbin"].map((path) => link(path, `usr/${path}`)),
    ),
  entrypoint: [],
  environment: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
};

function volcanoFiles(version: string): ModuleFiles[] {
  const source = { module: volcanoModuleDir(), dependency: volcanoModule, version };
  const to = "/usr/share/schedlab/volcano";
  return [
    { ...source, from: "config/crd/volcano/bases", to: `${to}/crd` },
    { ...source, from: "config/crd/jobflow/bases", to: `${to}/crd` },
  ];
}

/** Kubernetes with Volcano, MPI and HPL. Which daemons a node runs is for the bootstrap to say. */
export function kubernetesRecipe(): Recipe {
  const base = baseRecipe();
  const programs = kubernetesPrograms().map(({ binary, version }) => ({
    name: binary.name,
    version,
    sources: sourceKey(binary),
  }));
  const versions = programs.map(({ name, version }) => `${name} ${version}\n`).join("");
  const volcano = programs.find(({ name }) => name === "vc-scheduler")?.version ?? "";
  return {
    ...base,
    role: "kubernetes",
    packages: [
      ...base.packages,
      "containerd",
      "containernetworking-plugins",
      "hpcc",
      // kubeadm looks for losetup.
      "mount",
      "openmpi-bin",
      "openssh-client",
      "runc",
    ],
    files: [
      ...base.files,
      config("/etc/systemd/system/kubelet.service", "kubernetes/kubelet.service"),
      config("/etc/systemd/system/kubelet.service.d/10-kubeadm.conf", "kubernetes/10-kubeadm.conf"),
      config(
        "/etc/systemd/system/containerd.service.d/schedlab.conf",
        "kubernetes/containerd-service.conf",
      ),
      { path: "/usr/share/schedlab/versions", mode: 0o644, content: versions },
    ],
    links: [{ path: "/opt/cni/bin", target: "/usr/lib/cni" }],
    built: {
      programs,
      installed: programs.map(({ name }) => name).filter((name) => name !== "pause"),
      containerImages: [jobImage, pauseImage],
      moduleFiles: volcanoFiles(volcano),
    },
    units: {
      ...base.units,
      disable: [...base.units.disable, "containerd.service", "kubelet.service"],
    },
    kernel: {
      ...base.kernel,
      // The kernel asks for these itself, at the first overlay, bridge or pair of a pod.
      plainModules: [...base.kernel.plainModules, "bridge", "overlay", "veth"],
    },
  };
}

export const kubernetesContract: RoleContract = {
  accounts: {},
  commands: [
    ...["kubelet", "kubeadm", "kubectl", "kube-apiserver", "kube-controller-manager", "etcd"],
    ...["vc-scheduler", "vc-controller-manager", "vc-webhook-manager", "kwok"],
    ...["containerd", "ctr", "runc", "mpirun", "hpcc", "ssh", "losetup", "/opt/cni/bin/bridge"],
  ],
  setuid: [],
  files: [
    ...["pause.tar", "job.tar", "SHA256SUMS"].map((name) => `/usr/share/schedlab/oci/${name}`),
    ...["/usr/share/schedlab/volcano/crd", "/usr/share/schedlab/versions"],
  ],
  daemons: ["containerd", "kubelet"],
  absent: ["etc/kubernetes", "etc/cni/net.d", "var/lib/kubelet", "var/lib/etcd"],
};
