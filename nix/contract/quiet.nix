# A node runs its scheduler and nothing else: no timer, no accounts of people, no name service, nothing that
# knows better than the seed.
{ lib, ... }:
{
  systemd = {
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

  # Nothing is built on a node; Colmena copies into its store, as root.
  nix.enable = false;
  environment = {
    # The seed's, as a file.
    etc.hosts.enable = lib.mkForce false;
    defaultPackages = [ ];
    variables.NIX_REMOTE = lib.mkForce "";
  };

  documentation.enable = false;
  security.sudo.enable = false;
  security.enableWrappers = lib.mkDefault false;
}
