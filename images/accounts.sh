# shellcheck shell=sh
# Adds accounts that nobody can log in to. Arguments: the tree, then for each account its name, user id,
# group id and home.
set -eu
tree=$1
shift
while [ $# -gt 0 ]; do
  echo "$1:x:$3:" >>"$tree/etc/group"
  echo "$1:!::" >>"$tree/etc/gshadow"
  echo "$1:x:$2:$3::$4:/usr/sbin/nologin" >>"$tree/etc/passwd"
  echo "$1:!:19000::::::" >>"$tree/etc/shadow"
  shift 4
done
