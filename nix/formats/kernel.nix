# The kernel of machines, its arguments, and an initrd of the same script and drivers as the Debian images'.
{ lib, pkgs }:
let
  inherit (pkgs.linuxPackages) kernel;
  modules = pkgs.aggregateModules [ (lib.getOutput "modules" kernel) ];
  # Loaded in this order before the root is mounted, with what they depend on.
  drivers = [
    "virtio_pci"
    "virtio_rng"
    "virtio_blk"
    "virtio_net"
    "ext4"
  ];
in
{
  inherit modules;
  release = kernel.modDirVersion;
  image = "${kernel}/${pkgs.stdenv.hostPlatform.linux-kernel.target}";

  # As in images/roles/base.ts, which a test compares.
  arguments = lib.concatStringsSep " " [
    "root=/dev/vda rw console=ttyS0 net.ifnames=0"
    "clearcpuid=cx16"
    "quiet loglevel=4 lsm=capability audit=0 selinux=0 cryptomgr.notests"
    "mitigations=off tsc=reliable random.trust_cpu=on no_timer_check"
    "nokaslr init_on_alloc=0 hardened_usercopy=off randomize_kstack_offset=off"
    "nowatchdog rcupdate.rcu_expedited=1 i8042.noaux i8042.nokbd 8250.nr_uarts=1"
    "systemd.show_status=false"
  ];

  initrd =
    pkgs.runCommand "initrd.img"
      {
        nativeBuildInputs = [
          pkgs.cpio
          pkgs.kmod
          pkgs.xz
        ];
      }
      ''
        sh ${./initrd.sh} ${pkgs.schedlab.busybox}/bin/busybox \
          ${../../images/files/base/initrd-init.sh} ${modules} ${kernel.modDirVersion} "$out" \
          ${toString drivers}
      '';
}
