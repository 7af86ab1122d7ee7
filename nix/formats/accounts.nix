# The accounts of a system as the files that NixOS would write when it activates the system. Accounts without
# an id of their own get one: from 999 downwards, in the order of their names.
{ lib, users }:
let
  inherit (lib)
    attrNames
    attrValues
    concatLines
    filter
    filterAttrs
    ;

  enabled = filterAttrs (_: user: user.enable) users.users;

  # `field` of each by name; numbers for those that have none, which no other one has.
  numbered =
    field: all:
    let
      fixed = lib.mapAttrs (_: one: one.${field}) (filterAttrs (_: one: one.${field} != null) all);
      taken = attrValues fixed;
      free = filter (number: !lib.elem number taken) (map (index: 999 - index) (lib.range 0 400));
      others = attrNames (removeAttrs all (attrNames fixed));
    in
    fixed // lib.listToAttrs (lib.zipListsWith lib.nameValuePair others free);

  uids = numbered "uid" enabled;
  gids = numbered "gid" users.groups;
  shellOf = user: if user.name == "root" then "/bin/bash" else "/usr/sbin/nologin";
  # A line for each, root's first.
  each =
    format: all:
    let
      line = name: format name all.${name};
    in
    concatLines ([ (line "root") ] ++ map line (filter (name: name != "root") (attrNames all)));
in
{
  inherit uids gids;

  passwd = each (
    name: user:
    "${user.name}:x:${toString uids.${name}}:${toString gids.${user.group}}:${user.description}:${user.home}:${shellOf user}"
  ) enabled;

  group = each (
    name: group: "${group.name}:x:${toString gids.${name}}:${lib.concatStringsSep "," group.members}"
  ) users.groups;

  # Nobody has a password.
  shadow = each (_: user: "${user.name}:!:1::::::") enabled;
  gshadow = each (_: group: "${group.name}:!::") users.groups;
}
