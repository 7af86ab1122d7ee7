# shellcheck shell=sh
# Copies a directory of units with files in place of links into the store, and enables units. Arguments: the
# directory, the copy, with blanks between them the units that no target starts, then each unit to be enabled
# with the target that wants it.
set -eu
source=$1 target=$2 on_demand=$3
shift 3
mkdir -p "$target"
(cd "$source" && find . -mindepth 1 -type d) | while read -r name; do mkdir -p "$target/$name"; done
(cd "$source" && find . ! -type d) | while read -r name; do
  case $(readlink "$source/$name") in
    # Masks a unit.
    /dev/null) ln -s /dev/null "$target/$name" ;;
    # A unit's other name, or what starts it.
    [!/]*) cp -P "$source/$name" "$target/$name" ;;
    *) cp -L --no-preserve=mode "$source/$name" "$target/$name" ;;
  esac
done
for name in $on_demand; do rm -f "$target"/*.wants/"$name"; done
while [ $# -gt 0 ]; do
  [ -e "$target/$1" ] || { echo "no unit $1 that could be enabled" >&2 && exit 1; }
  mkdir -p "$target/$2.wants"
  ln -sf "../$1" "$target/$2.wants/$1"
  shift 2
done
