/** Hardware-assisted machine, container of the host's kernel, emulated machine. */
export type DomainKind = "kvm" | "lxc" | "qemu";
