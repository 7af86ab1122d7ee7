# Where programs and files lie that the bootstrap and jobs name by their whole path: links into the store,
# made in the image and again by each deployment.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  programs = "${config.system.path}/bin";
  list = pkgs.writeText "schedlab-links" (
    lib.concatLines (lib.mapAttrsToList (path: target: "${path} ${target}") config.schedlab.links)
  );
in
{
  options.schedlab = {
    links = lib.mkOption {
      type = lib.types.attrsOf lib.types.str;
      default = { };
      description = "Absolute paths, each with what it links to.";
    };
    trees = lib.mkOption {
      type = lib.types.listOf lib.types.package;
      default = [ ];
      description = "Packages with `usr/` and `etc/`, each of whose files is linked to from the same place.";
    };
    placeLinks = lib.mkOption {
      type = lib.types.str;
      readOnly = true;
      description = "Shell command that makes the links below the directory that is given to it.";
    };
  };

  config = {
    schedlab.placeLinks = "sh ${./place-links.sh} ${list} ${toString config.schedlab.trees}";
    schedlab.links = {
      "/bin" = "usr/bin";
      "/sbin/init" = "${config.systemd.package}/lib/systemd/systemd";
      # The kernel calls it when it first needs a driver.
      "/sbin/modprobe" = "${pkgs.kmod}/bin/modprobe";
      "/usr/bin" = programs;
      "/usr/sbin" = programs;
      "/usr/local/bin" = programs;
      "/var/run" = "/run";
    };

    # In place of NixOS's own links to `env` and `sh`, which would be written into the directories above.
    environment.usrbinenv = null;
    system.activationScripts = {
      usrbinenv = lib.mkForce "";
      binsh = lib.mkForce "";
      schedlab-links = "${config.schedlab.placeLinks} /";
    };
  };
}
