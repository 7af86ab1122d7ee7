# shellcheck shell=sh
# Lays out a node's tree, then makes its disk: what NixOS makes when it activates a system, made beforehand.
# Everything that it takes comes in the environment; formats/image.nix sets it.
set -eu
: "${closure:?}" "${system:?}" "${etc:?}" "${accounts:?}" "${modules:?}" "${release:?}" "${root:?}" "${raw:?}"
: "${place_units:?}" "${place_links:?}"
export USER=nobody

for name in boot dev etc home lib mnt nix/store opt proc root run srv sys tmp usr/lib usr/local/lib \
  usr/nix usr/share/schedlab var/cache var/empty var/lib var/log var/spool var/tmp; do
  mkdir -p "$root/$name"
done
chmod 0700 "$root/root"
chmod 1777 "$root/tmp" "$root/var/tmp"

# The store with its list of what is valid, without which a deployment would copy over what runs.
xargs cp -a --reflink=auto --target-directory="$root/nix/store" <"$closure/store-paths"
NIX_REMOTE="local?root=$root" nix-store --load-db <"$closure/registration"
sqlite3 "$root/nix/var/nix/db/db.sqlite" 'UPDATE ValidPaths SET registrationTime = 1'
mkdir -p "$root/nix/var/nix/profiles"
ln -s "$system" "$root/nix/var/nix/profiles/system-1-link"
ln -s system-1-link "$root/nix/var/nix/profiles/system"

# /etc as the first activation would leave it, so that the next one knows what is its own.
ln -s "$etc" "$root/etc/static"
: >"$root/etc/.clean"
(cd "$etc" && find . -mindepth 1 -type l) | sed 's|^\./||' | sort | while read -r name; do
  mkdir -p "$root/etc/$(dirname "$name")"
  mode=symlink
  [ ! -e "$etc/$name.mode" ] || mode=$(cat "$etc/$name.mode")
  case $mode in
    symlink) ln -s "/etc/static/$name" "$root/etc/$name" ;;
    direct-symlink) ln -s "$(readlink "$etc/$name")" "$root/etc/$name" ;;
    *)
      cp -L "$etc/$name" "$root/etc/$name"
      chown "$(sed 's/^+//' "$etc/$name.uid"):$(sed 's/^+//' "$etc/$name.gid")" "$root/etc/$name"
      chmod "$mode" "$root/etc/$name"
      echo "$name" >>"$root/etc/.clean"
      ;;
  esac
done
: >"$root/etc/NIXOS"
: >"$root/etc/machine-id"
cp "$accounts/passwd" "$accounts/group" "$accounts/shadow" "$accounts/gshadow" "$root/etc/"
chmod 0600 "$root/etc/shadow" "$root/etc/gshadow"

$place_units "$root/etc/systemd/system" "$root/var/lib/schedlab/units"
$place_links "$root"
ln -s "$modules/lib/modules" "$root/lib/modules"
mkdir -p "$root/usr/lib/schedlab"
echo "$release" >"$root/usr/lib/schedlab/kernel-release"

# A quarter more than the tree takes, and half a GiB, for the file system's own records.
used=$(du --summarize --block-size=1M "$root" | cut -f 1)
size=$((used + used / 4 + 512))
[ "$size" -ge 4096 ] || size=4096
truncate --size="${size}M" "$raw"
mkfs.ext4 -q -L schedlab -m 0 -E lazy_itable_init=0 -J size=16 -d "$root" "$raw"
