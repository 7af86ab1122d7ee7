# shellcheck shell=sh
# Writes an initrd: a static shell, one script, and the drivers that the root needs. Arguments: the shell, the
# script, the directory with lib/modules, the kernel's release, the file to write, the drivers.
set -eu
shell=$1 script=$2 modules=$3 release=$4 initrd=$5
shift 5
tree=$(mktemp -d)
mkdir "$tree/bin" "$tree/dev" "$tree/modules" "$tree/proc" "$tree/root" "$tree/sys"
install -m 0755 "$shell" "$tree/bin/busybox"
install -m 0755 "$script" "$tree/init"
for driver in "$@"; do
  # A driver that is built into the kernel has no file.
  modprobe --dirname "$modules" --set-version "$release" --show-depends "$driver" |
    sed -n 's/^insmod \([^ ]*\).*/\1/p'
done | awk '!seen[$0]++' | while read -r file; do
  name=$(basename "$file" | sed 's/\.ko.*//' | tr - _)
  case $file in
    *.xz) xz -dc "$file" >"$tree/modules/$name.ko" ;;
    *.ko) cp "$file" "$tree/modules/$name.ko" ;;
    *) echo "$file is compressed in a way that is not known here" >&2 && exit 1 ;;
  esac
  echo "$name" >>"$tree/modules/order"
done
[ -s "$tree/modules/order" ] || { echo "no driver was found for $release" >&2 && exit 1; }
find "$tree" -exec touch --no-dereference --date=@1 {} +
(cd "$tree" && find . -mindepth 1 | sort | cpio --quiet --create --format=newc --owner=0:0 --reproducible) >"$initrd"
rm -r "$tree"
