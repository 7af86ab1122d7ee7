# Flux with MPI and HPL. Flux itself comes from the flake that the user names (docs/nix.md).
{ pkgs, ... }:
let
  inherit (pkgs.schedlab) flux;

  # Flux looks for modules, commands and plugins of all its packages below one prefix.
  together = pkgs.symlinkJoin {
    name = "flux";
    paths = [
      flux.flux-core
      flux.flux-sched
    ]
    # MPI programs are started by PMIx, which flux-core alone does not speak.
    ++ pkgs.lib.optional (flux ? flux-pmix) flux.flux-pmix;
  };
in
{
  imports = [
    ./base.nix
    ../contract/jobs.nix
    ../contract/munge.nix
  ];

  environment.systemPackages = [
    together
    pkgs.python3
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
    source = "${flux.flux-security}/libexec/flux/flux-imp";
    owner = "root";
    group = "root";
    setuid = true;
    permissions = "u+rwx,g+rx,o+rx";
  };

  schedlab.links = {
    "/usr/libexec/flux/flux-shell" = "${together}/libexec/flux/flux-shell";
    "/usr/libexec/flux/flux-imp" = "/run/wrappers/bin/flux-imp";
  };
}
