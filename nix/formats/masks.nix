# What a node of schedlab leaves out when it boots: its root is mounted before, it waits for no device, and
# nobody sits at it. The Debian images mask the same (images/roles/base.ts says why), which a test compares.
{ lib, ... }:
let
  masked = [
    "dev-hugepages.mount"
    "dev-mqueue.mount"
    "fstrim.timer"
    "getty.target"
    "kmod-static-nodes.service"
    "sys-fs-fuse-connections.mount"
    "sys-kernel-config.mount"
    "sys-kernel-debug.mount"
    "sys-kernel-tracing.mount"
    "systemd-ask-password-console.path"
    "systemd-ask-password-wall.path"
    "systemd-creds.socket"
    "systemd-hostnamed.socket"
    "systemd-journal-catalog-update.service"
    "systemd-journal-flush.service"
    "systemd-machine-id-commit.service"
    "systemd-modules-load.service"
    "systemd-pcrlock.socket"
    "systemd-pstore.service"
    "systemd-random-seed.service"
    "systemd-remount-fs.service"
    "systemd-sysctl.service"
    "systemd-tmpfiles-clean.timer"
    "systemd-udevd-control.socket"
    "systemd-udevd-kernel.socket"
    "systemd-udevd.service"
    "systemd-update-done.service"
    "systemd-update-utmp.service"
    "systemd-user-sessions.service"
  ];
  maskedGenerators = [
    "systemd-debug-generator"
    "systemd-fstab-generator"
    "systemd-getty-generator"
    "systemd-gpt-auto-generator"
    "systemd-hibernate-resume-generator"
    "systemd-run-generator"
    "systemd-ssh-generator"
    "systemd-system-update-generator"
    "systemd-tpm2-generator"
  ];
in
{
  # A deployment asks it who is logged in, and breaks off if it cannot be started.
  schedlab.onDemand = [ "systemd-logind.service" ];

  # The last one is a socket of udevd's that Debian's older systemd does not have.
  systemd.units = lib.genAttrs (masked ++ [ "systemd-udevd-varlink.socket" ]) (_: {
    enable = lib.mkForce false;
  });
  systemd.generators = lib.genAttrs maskedGenerators (_: "/dev/null");
}
