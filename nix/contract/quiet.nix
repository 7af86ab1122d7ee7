# A node runs its scheduler and nothing else: no timer, no seat, no name service of its own, nothing that
# waits for a device. The Debian images mask the same (images/roles/base.ts says why).
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
    "systemd-logind.service"
    "systemd-machine-id-commit.service"
    "systemd-modules-load.service"
    "systemd-pcrlock.socket"
    "systemd-pstore.service"
    "systemd-random-seed.service"
    "systemd-remount-fs.service"
    "systemd-sysctl.service"
    "systemd-tmpfiles-clean.timer"
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
  systemd = {
    units = lib.genAttrs masked (_: {
      enable = lib.mkForce false;
    });
    generators = lib.genAttrs maskedGenerators (_: "/dev/null");
    coredump.enable = false;
    oomd.enable = false;
  };

  services = {
    fstrim.enable = false;
    logrotate.enable = false;
    nscd.enable = false;
    timesyncd.enable = false;
  };
  # Without nscd no module of systemd's can be asked for names; accounts are in files.
  system.nssModules = lib.mkForce [ ];

  # What the seed says of names and addresses is not NixOS's to say.
  networking = {
    hostName = "";
    useDHCP = false;
    useHostResolvConf = false;
    firewall.enable = false;
    resolvconf.enable = false;
  };
  environment.etc.hosts.enable = lib.mkForce false;

  documentation.enable = false;
  environment.defaultPackages = [ ];
  # Nothing is built on a node; Colmena copies into its store, as root.
  nix.enable = false;
  environment.variables.NIX_REMOTE = lib.mkForce "";
  security.sudo.enable = false;
  security.enableWrappers = lib.mkDefault false;
}
