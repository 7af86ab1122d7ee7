#!/bin/sh
# Last step in the tree ($1): the kernel beside the packages, and nothing of a run-time parameter.
set -eu
tree=$1
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"

# Unpacked rather than installed: its package would drag in a maker of generic initrds.
unpack() {
  download=$(mktemp -d)
  (cd "$download" && apt-get -q -o APT::Sandbox::User=root download "$1")
  dpkg-deb --fsys-tarfile "$download"/*.deb | tar -x --keep-directory-symlink -C "$2"
  rm -rf "$download"
}

kernel=$(apt-cache depends "$SCHEDLAB_KERNEL" | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p')
[ -n "$kernel" ] || { echo "$SCHEDLAB_KERNEL names no kernel" >&2; exit 1; }
release=${kernel#linux-image-}
scratch=$(mktemp -d)
unpack "$kernel" "$scratch"
unpack "$SCHEDLAB_SHELL" "$scratch"
mkdir -p "$tree/usr/lib/modules" "$tree/usr/lib/schedlab"
cp "$scratch/boot/vmlinuz-$release" "$tree/boot/vmlinuz"
modules=$scratch/lib/modules/$release
[ -d "$modules" ] || modules=$scratch/usr/lib/modules/$release
cp -a "$modules" "$tree/usr/lib/modules/$release"
cp "$(find "$scratch" -path '*bin/busybox')" "$tree/usr/lib/schedlab/busybox"
rm -rf "$scratch"
chroot "$tree" depmod "$release"
for name in $SCHEDLAB_PLAIN_MODULES; do
  for needed in $(chroot "$tree" modprobe --set-version "$release" --show-depends "$name" | sed -n 's/^insmod \([^ ]*\).*/\1/p'); do
    case $needed in *.xz) [ ! -e "$tree$needed" ] || xz -d "$tree$needed" ;; esac
  done
done
chroot "$tree" depmod "$release"
echo "$release" >"$tree/usr/lib/schedlab/kernel-release"

rm -f "$tree"/etc/ssh/ssh_host_* "$tree"/etc/munge/munge.key "$tree"/etc/hostname "$tree"/etc/hosts \
  "$tree"/etc/resolv.conf "$tree"/etc/apt/sources.list "$tree"/etc/fstab
: >"$tree/etc/machine-id"
rm -f "$tree"/var/lib/dbus/machine-id "$tree"/var/lib/systemd/random-seed
rm -rf "$tree"/var/cache/apt/* "$tree"/var/log/*.log "$tree"/var/log/apt "$tree"/root/.ssh
# With these, each "systemctl enable" would run the tools of the init before systemd, in Perl.
rm -rf "$tree"/etc/init.d "$tree"/etc/rc?.d
