# shellcheck shell=sh
# Puts the units of an image into a directory, in place of those that were put there last; whatever else is
# there stays. Arguments: the image's units, the directory, the file that lists what was put there.
set -eu
source=$1 target=$2 list=$3
[ ! -L "$target" ] || rm "$target"
mkdir -p "$target" "${list%/*}"
if [ -e "$list" ]; then
  while read -r name; do rm -f "$target/$name"; done <"$list"
fi
cp -R -P --remove-destination "$source/." "$target/"
chmod -R u+w "$target"
(cd "$source" && find . ! -type d) >"$list"
