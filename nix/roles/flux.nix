# Flux with MPI and HPL. Flux itself comes from the flake that the user names (docs/nix.md): a tree with usr/
# and etc/, because its programs look for one another, and the bootstrap for them, where Debian has them.
{ pkgs, ... }:
let
  inherit (pkgs.schedlab) flux;

  programs = pkgs.linkFarm "flux" { bin = "${flux}/usr/bin"; } // {
    version = pkgs.lib.getVersion flux;
  };

  # The bootstrap's program for the brokers' certificate loads this library by its name.
  python = pkgs.writeShellScriptBin "python3" ''
    export LD_LIBRARY_PATH=${pkgs.zeromq}/lib
    exec ${pkgs.python3}/bin/python3 "$@"
  '';
in
{
  imports = [
    ./base.nix
    ../contract/jobs.nix
    ../contract/munge.nix
  ];

  environment.systemPackages = [
    python
    programs
  ];

  users.users.flux = {
    isSystemUser = true;
    uid = 64031;
    group = "flux";
    home = "/var/lib/flux";
  };
  users.groups.flux.gid = 64031;

  # No file in the store may run as root for everybody: this makes one at boot that does, and calls it.
  security.enableWrappers = true;
  security.wrappers.flux-imp = {
    source = "${flux}/usr/libexec/flux/flux-imp";
    owner = "root";
    group = "root";
    setuid = true;
    permissions = "u+rwx,g+rx,o+rx";
  };

  schedlab.trees = [ flux ];
  schedlab.links."/usr/libexec/flux/flux-imp" = "/run/wrappers/bin/flux-imp";
}
