/** What the image contract (docs/image-contract.md) says of one role beside what all roles share. */
export interface RoleContract {
  /** Account to "uid gid". */
  readonly accounts: Readonly<Record<string, string>>;
  /** On root's path, or with a path of their own. */
  readonly commands: readonly string[];
  /** Further files that nodes read, as paths in the tree. */
  readonly files: readonly string[];
  /** Of the commands, those that run as root whoever starts them. */
  readonly setuid: readonly string[];
  /** Units, without `.service`, that only the bootstrap starts. */
  readonly daemons: readonly string[];
  /** Run-time parameters that must not be in the tree, as paths below it. */
  readonly absent: readonly string[];
}

/** What the images of all roles have in common. */
export const sharedContract = {
  commands: ["ip", "tc", "systemctl", "journalctl", "useradd", "base64", "hostname", "ss"],
  daemons: ["prometheus-node-exporter"],
  /** Units, without `.service`, that start by themselves. */
  started: ["ssh", "schedlab-seed"],
  absent: [
    ...["etc/hostname", "etc/resolv.conf", "etc/schedlab/seed", "root/.ssh/authorized_keys"],
    "var/lib/systemd/random-seed",
  ],
} as const;

export const artefacts = {
  manifest: "manifest.json",
  tree: "root",
  disk: "disk.qcow2",
  kernel: "vmlinuz",
  initrd: "initrd.img",
} as const;
