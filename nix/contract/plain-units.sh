# shellcheck shell=sh
# Copies a directory of units with files instead of links into the store, and enables units. Arguments: the
# directory, the copy, then each unit to be enabled with the target that wants it.
set -eu
source=$1 target=$2
shift 2
mkdir -p "$target"
cd "$source"
find . -mindepth 1 -type d | while read -r directory; do mkdir -p "$target/$directory"; done
find . -mindepth 1 ! -type d | while read -r name; do
  # Links between units stay links, as do those to /dev/null, which mask one.
  case $(readlink "$name" || true) in
    "$source"/*) echo "$name links to $source itself" >&2 && exit 1 ;;
    /nix/store/*) cp -L --no-preserve=mode "$name" "$target/$name" ;;
    *) cp -P --no-preserve=mode "$name" "$target/$name" ;;
  esac
done
while [ $# -gt 0 ]; do
  [ -e "$target/$1" ] || { echo "no unit $1 that could be enabled" >&2 && exit 1; }
  mkdir -p "$target/$2.wants"
  ln -sf "../$1" "$target/$2.wants/$1"
  shift 2
done
