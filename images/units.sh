# shellcheck shell=sh
# Which units start by themselves; systemctl only edits links here, as nothing runs in the tree.
# Arguments: the tree, and with blanks between the names the units that do not start by themselves, those
# that are masked, the generators that are masked, and the units that start by themselves.
set -eu
tree=$1 disable=$2 mask=$3 generators=$4 enable=$5
# shellcheck disable=SC2086 # Each name is a word of its own.
chroot "$tree" systemctl --quiet disable $disable
for unit in $mask; do ln -sf /dev/null "$tree/etc/systemd/system/$unit"; done
mkdir -p "$tree/etc/systemd/system-generators"
for name in $generators; do
  ln -sf /dev/null "$tree/etc/systemd/system-generators/$name"
done
# shellcheck disable=SC2086 # As above.
chroot "$tree" systemctl --quiet enable $enable
ln -sf /usr/lib/systemd/system/multi-user.target "$tree/etc/systemd/system/default.target"
