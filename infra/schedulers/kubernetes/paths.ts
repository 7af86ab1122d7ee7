/** Where kubeadm and this configuration have things; the image's own places are in docs/image-contract.md. */
export const pkiDir = "/etc/kubernetes/pki";
export const adminKubeconfig = "/etc/kubernetes/admin.conf";
export const controllerManagerKubeconfig = "/etc/kubernetes/controller-manager.conf";
export const kubeletKubeconfig = "/etc/kubernetes/kubelet.conf";
export const kubeadmConfigPath = "/etc/kubernetes/schedlab/kubeadm.yaml";
export const joinParametersPath = "/etc/kubernetes/schedlab/join";
export const volcanoKubeconfig = "/etc/kubernetes/schedlab/volcano.conf";
export const volcanoConfigPath = "/etc/kubernetes/schedlab/volcano-scheduler.yaml";
export const volcanoObjectsPath = "/etc/kubernetes/schedlab/objects.yaml";
export const acceleratorRolePath = "/etc/kubernetes/schedlab/accelerator-role.yaml";
export const webhooksPath = "/etc/kubernetes/schedlab/webhooks.yaml";
export const kwokRolePath = "/etc/kubernetes/schedlab/kwok-role.yaml";
export const kwokKubeconfig = "/etc/kubernetes/schedlab/kwok.conf";
export const kwokConfigPath = "/etc/kubernetes/schedlab/kwok.yaml";
export const hyperNodesPath = "/etc/kubernetes/schedlab/switches.yaml";
export const crdDir = "/usr/share/schedlab/volcano/crd";
export const archiveDir = "/usr/share/schedlab/oci";
export const versionsPath = "/usr/share/schedlab/versions";
export const containerdSocket = "unix:///run/containerd/containerd.sock";

export const apiPort = 6443;
export const webhookPort = 8443;
export const schedulerHealthPort = 11_251;
export const controllersHealthPort = 11_252;
export const webhooksHealthPort = 11_253;
/** Volcano's scheduler tells its metrics here, on the controller only. */
export const schedulerMetricsPort = 8080;

/** For the functions that show the end of a log: these daemons log to their units' journals only. */
export const noLog = "/dev/null";
