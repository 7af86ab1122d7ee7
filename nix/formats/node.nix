# A system that boots as a node of schedlab: systemd is the first process, in a container and in a machine.
# NixOS's own start, which activates the system at each boot, is left out; formats/image.sh lays out
# beforehand what it would make.
{
  imports = [ ./masks.nix ];

  # A container in NixOS's sense: what boots it, kernel and initrd, is not the system's.
  boot.isContainer = true;

  # Where Colmena notes the system that it deployed last.
  systemd.tmpfiles.rules = [ "L+ /run/current-system - - - - /nix/var/nix/profiles/system" ];
}
