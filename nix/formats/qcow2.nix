# A disk that boots by itself, with NixOS's own boot loader and start: for clouds and for trying a role out.
# nixpkgs makes it (system.build.images), in which nixos-generators has been absorbed.
{
  nixpkgs,
  system,
  role,
}:
(nixpkgs.lib.nixosSystem {
  inherit system;
  modules = [ role ];
}).config.system.build.images.qemu
