# shellcheck shell=sh
# Makes links below a directory, in place of what had the same name unless that is a directory. Arguments:
# the file with lines `PATH TARGET`, trees to each of whose files in usr and etc a link is made before,
# the directory.
set -eu
list=$1
shift
while [ $# -gt 1 ]; do
  trees="${trees-} $1"
  shift
done
root=${1%/}
for tree in ${trees-}; do
  # Programs are found among the system's.
  (cd "$tree" && find usr etc ! -type d ! -path 'usr/bin/*') | while read -r name; do
    mkdir -p "$root/${name%/*}"
    ln -sfT "$tree/$name" "$root/$name"
  done
done
while read -r path target; do
  mkdir -p "$root${path%/*}"
  ln -sfT "$target" "$root$path"
done <"$list"
