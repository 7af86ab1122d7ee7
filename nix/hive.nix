# The nodes of a live stack, as `npx schedlab inventory --format colmena` prints them, as a Colmena hive.
#
# Pure evaluation reads no environment: there the list is inventory.json beside this file, if it is.
# With --impure, SCHEDLAB_INVENTORY may name another file. Without a list the hive has no node.
{
  lib,
  nixpkgs,
  node,
  roles,
}:
let
  named = builtins.getEnv "SCHEDLAB_INVENTORY";
  file = if named != "" then /. + named else ./inventory.json;
  inventory = if builtins.pathExists file then lib.importJSON file else { };

  roleOf =
    name: kind:
    roles.${kind}
      or (throw "${toString file}: node ${name} has the role ${kind}; there are ${toString (lib.attrNames roles)}");

  toNode = name: entry: {
    imports = [ (node (roleOf name entry.role)) ];
    deployment = {
      inherit (entry) targetHost targetPort targetUser;
      tags = [
        entry.role
        entry.kind
      ];
      # The first deployment finds the image's own system, which no profile names.
      replaceUnknownProfiles = true;
    };
  };
in
{
  meta = { inherit nixpkgs; };
}
// lib.mapAttrs toNode inventory
