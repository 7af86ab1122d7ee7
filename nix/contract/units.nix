# The units of the contract, as plain files in a directory that can be written to.
#
# NixOS makes /etc/systemd/system a link into the store. The bootstrap writes units there and enables
# others, and systemd calls a unit that is a link `linked` instead of `disabled`. So the files of NixOS's
# directory are copied, and what the bootstrap added stays when a deployment copies them anew.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.schedlab;

  package = pkgs.linkFarm "schedlab-units" (
    lib.mapAttrs' (
      name: text: lib.nameValuePair "lib/systemd/system/${name}" (pkgs.writeText "unit" text)
    ) cfg.units
  );

  wants = lib.concatLists (
    lib.mapAttrsToList (unit: target: [
      unit
      target
    ]) cfg.enabled
  );
in
{
  options.schedlab = {
    units = mkOption {
      type = types.attrsOf types.str;
      default = { };
      description = "Text of each unit, or of a drop-in as `NAME.service.d/schedlab.conf`, by its name.";
    };
    enabled = mkOption {
      type = types.attrsOf types.str;
      default = { };
      description = "Units that start by themselves, each with the target that wants it.";
    };
    onDemand = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Units that no target starts, only what asks for them.";
    };
    unitDirectory = mkOption {
      type = types.package;
      readOnly = true;
      description = "What /etc/systemd/system holds in an image.";
    };
  };

  config = {
    systemd.packages = [ package ];

    schedlab.unitDirectory = pkgs.runCommand "schedlab-unit-directory" { preferLocalBuild = true; } ''
      sh ${./plain-units.sh} ${config.environment.etc."systemd/system".source} "$out" \
        ${lib.escapeShellArg (toString cfg.onDemand)} ${lib.escapeShellArgs wants}
    '';

    system.activationScripts.schedlab-units = {
      deps = [ "etc" ];
      text = "sh ${./place-units.sh} ${cfg.unitDirectory} /etc/systemd/system /var/lib/schedlab/units";
    };
  };
}
