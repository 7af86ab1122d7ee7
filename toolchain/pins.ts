/**
 * Versions that belong together. The npm packages @pulumi/pulumi and @pulumi/command have those of
 * the CLI and of the command plugin; a test compares them.
 */
export const pins = {
  pulumi: "3.250.0",
  /** The last language host whose Go module is served: later ones moved to a module of their own. */
  nodejsHost: "3.65.0",
  libvirt: "0.8.3",
  command: "1.2.1",
  kubernetes: "1.35.4",
  /** The version that kubeadm of this Kubernetes would take. */
  etcd: "3.6.6",
} as const;
