# shellcheck shell=sh
# Completes what no Debian suite holds. Arguments: the tree, the directory of a staged tree or an empty
# word, then the programs that have to run as root for everybody.
set -eu
tree=$1 staged=$2
shift 2
if [ -n "$staged" ]; then
  # Whoever staged it, it belongs to root here; directories that Debian has keep their modes.
  tar --create --directory="$staged" --owner=root:0 --group=root:0 --exclude=./manifest.json . |
    tar --extract --directory="$tree" --same-permissions --no-overwrite-dir --keep-directory-symlink
fi
for program in "$@"; do
  chown 0:0 "$tree$program"
  chmod 4755 "$tree$program"
done
chroot "$tree" ldconfig
