# shellcheck shell=sh
# Makes links below a directory, in place of what had the same name unless that is a directory. Arguments:
# the file with lines `PATH TARGET`, the directory.
set -eu
root=${2%/}
while read -r path target; do
  mkdir -p "$root${path%/*}"
  ln -sfT "$target" "$root$path"
done <"$1"
