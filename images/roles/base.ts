import { readFileSync } from "node:fs";
import path from "node:path";
import type { Recipe } from "../recipe";

const filesDir = path.resolve(__dirname, "..", "files");

function recipeFile(name: string): string {
  return readFileSync(path.join(filesDir, name), "utf8");
}

/** What the nodes of every role share; a role adds its packages, accounts, files and units. */
export function baseRecipe(): Omit<Recipe, "role"> {
  return {
    suite: "trixie",
    packages: [
      "ca-certificates",
      "e2fsprogs",
      "hostname",
      "iproute2",
      "iputils-ping",
      "kmod",
      "libpam-runtime",
      "netbase",
      "openssh-server",
      "procps",
      "prometheus-node-exporter",
      "systemd",
      "systemd-sysv",
    ],
    exclude: [
      "/usr/share/doc/*",
      "/usr/share/info/*",
      "/usr/share/locale/*",
      "/usr/share/man/*",
      "/usr/share/lintian/*",
      "/usr/share/bug/*",
      // UCX carries a driver for AMD GPUs; nodes have none, and its compiler is a quarter of the tree.
      "/usr/lib/*/libLLVM*",
      "/usr/lib/*/libamd_comgr*",
      "/usr/lib/*/libamdhip64*",
      "/usr/lib/*/libhsa-runtime64*",
      "/usr/lib/*/libhsakmt*",
      "/usr/lib/*/libz3*",
      "/usr/lib/*/ucx/*rocm*",
    ],
    accounts: [],
    files: [
      { path: "/usr/lib/schedlab/seed", mode: 0o755, content: recipeFile("base/seed.sh") },
      unit("schedlab-seed.service"),
      unit("schedlab-grow.service"),
      config("/etc/ssh/sshd_config.d/schedlab.conf", "base/sshd.conf"),
      config("/etc/systemd/system/ssh.service.d/schedlab.conf", "base/ssh-service.conf"),
      config("/etc/systemd/journald.conf.d/schedlab.conf", "base/journald.conf"),
      config(
        "/etc/systemd/system/prometheus-node-exporter.service.d/schedlab.conf",
        "base/node-exporter-service.conf",
      ),
    ],
    units: {
      enable: ["schedlab-seed.service", "schedlab-grow.service", "ssh.service"],
      disable: ["prometheus-node-exporter.service"],
      mask: [
        // Made for installations that live on: first boots, updates, catalogues, TPMs.
        "ldconfig.service",
        "systemd-firstboot.service",
        "systemd-hwdb-update.service",
        "systemd-journal-catalog-update.service",
        "systemd-machine-id-commit.service",
        "systemd-pcrmachine.service",
        "systemd-pcrphase-sysinit.service",
        "systemd-pcrphase.service",
        "systemd-sysusers.service",
        "systemd-tpm2-setup-early.service",
        "systemd-tpm2-setup.service",
        "systemd-update-done.service",
        "systemd-update-utmp.service",
        "systemd-hibernate-clear.service",
        // The initrd loaded what the node needs and nothing waits for a device.
        "systemd-udevd.service",
        "systemd-udevd-control.socket",
        "systemd-udevd-kernel.socket",
        "systemd-udev-trigger.service",
        "systemd-udev-settle.service",
        "systemd-modules-load.service",
        "kmod-static-nodes.service",
        "modprobe@.service",
        "systemd-tmpfiles-setup-dev-early.service",
        "systemd-tmpfiles-setup-dev.service",
        // The tree has the directories; those of /run belong to the services.
        "systemd-tmpfiles-setup.service",
        // File systems and settings that no role uses.
        "dev-hugepages.mount",
        "dev-mqueue.mount",
        "run-lock.mount",
        "tmp.mount",
        "systemd-sysctl.service",
        "proc-sys-fs-binfmt_misc.automount",
        "sys-fs-fuse-connections.mount",
        "sys-kernel-config.mount",
        "sys-kernel-debug.mount",
        "sys-kernel-tracing.mount",
        "systemd-binfmt.service",
        "systemd-random-seed.service",
        "systemd-journal-flush.service",
        "systemd-pstore.service",
        "systemd-remount-fs.service",
        // Seats, consoles, passwords, virtual terminals: nobody sits there.
        "getty.target",
        "console-getty.service",
        "getty@.service",
        "serial-getty@.service",
        "systemd-logind.service",
        "systemd-ask-password-console.path",
        "systemd-ask-password-wall.path",
        "systemd-initctl.socket",
        "systemd-user-sessions.service",
        "systemd-hostnamed.socket",
        "systemd-creds.socket",
        "systemd-pcrextend.socket",
        "systemd-pcrlock.socket",
        "systemd-sysext.socket",
        // Host keys come with the seed; the network too.
        "sshd-keygen.service",
        "systemd-networkd.service",
        "systemd-network-generator.service",
        // Jobs that would wake up in the middle of a measurement.
        "apt-daily.timer",
        "apt-daily-upgrade.timer",
        "dpkg-db-backup.timer",
        "fstrim.timer",
        "e2scrub_all.timer",
        "e2scrub_reap.service",
        "systemd-tmpfiles-clean.timer",
      ],
      maskGenerators: [
        "systemd-debug-generator",
        "systemd-fstab-generator",
        "systemd-getty-generator",
        "systemd-gpt-auto-generator",
        "systemd-hibernate-resume-generator",
        "systemd-rc-local-generator",
        "systemd-run-generator",
        "systemd-ssh-generator",
        "systemd-system-update-generator",
        "systemd-sysv-generator",
        "systemd-tpm2-generator",
      ],
    },
    kernel: {
      package: "linux-image-cloud-amd64",
      plainModules: ["autofs4", "sch_netem"],
      arguments: [
        "root=/dev/vda rw console=ttyS0 net.ifnames=0",
        // Emulated cmpxchg16b makes this kernel fault now and then.
        "clearcpuid=cx16",
        "quiet loglevel=4 lsm=capability audit=0 selinux=0 cryptomgr.notests",
        "mitigations=off tsc=reliable random.trust_cpu=on no_timer_check",
        "nokaslr init_on_alloc=0 hardened_usercopy=off randomize_kstack_offset=off",
        "nowatchdog rcupdate.rcu_expedited=1 i8042.noaux i8042.nokbd 8250.nr_uarts=1",
        "systemd.show_status=false",
      ].join(" "),
    },
    initrd: {
      package: "busybox-static",
      modules: ["virtio_pci", "virtio_rng", "virtio_blk", "virtio_net", "ext4"],
      init: recipeFile("base/initrd-init.sh"),
    },
    finish: recipeFile("base/finish.sh"),
    disk: {
      sizeGiB: 4,
      mkfsOptions: ["-L", "schedlab", "-m", "0", "-E", "lazy_itable_init=0", "-J", "size=16"],
    },
  };
}

function unit(name: string) {
  return config(`/etc/systemd/system/${name}`, `base/${name}`);
}

export function config(target: string, source: string) {
  return { path: target, mode: 0o644, content: recipeFile(source) };
}
