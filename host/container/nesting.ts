import { firstProcessStart } from "./first-process";

/**
 * First process of a node that runs containers of its own; its argument is the domain's name.
 *
 * A container runtime needs controllers. On a host that has them in cgroup v1 hierarchies, the node
 * gets a private view of each: its own group becomes the root. Those that libvirt does not manage
 * (pids, name=systemd) get a group `node-NAME` at their top first, or all nodes would share one.
 * systemd has to be told to do without cgroup v2. The nested containers' network settings are their
 * own, so only /proc/sys/net is made writable: what else is there belongs to the host.
 * On a pure cgroup v2 host the tree that libvirt gives is right as it is (not tried).
 */
export const nestingProcessScript = `${firstProcessStart}ln -sf /dev/null /dev/kmsg
mount --bind /proc/sys/net /proc/sys/net && mount -o remount,rw,bind /proc/sys/net || exit 1
if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then
  exec /sbin/init
fi
node=$1
view=/run/hierarchy
options_of() {
  case $1 in name=*) echo "none,$1" ;; *) echo "$1" ;; esac
}
mkdir -p "$view"
hierarchies=
while IFS=: read -r number controllers place; do
  [ -n "$controllers" ] || continue
  hierarchies="$hierarchies $controllers"
  case $place in */lxc-*.libvirt-lxc* | *machine-lxc*) continue ;; esac
  mount -t cgroup -o "$(options_of "$controllers")" cgroup "$view" || exit 1
  mkdir -p "$view/node-$node"
  for setting in cpuset.cpus cpuset.mems; do
    [ ! -e "$view/$setting" ] || cat "$view/$setting" > "$view/node-$node/$setting"
  done
  echo $$ > "$view/node-$node/cgroup.procs" || exit 1
  umount "$view"
done < /proc/self/cgroup
export hierarchies
# systemd follows its services in cgroup v2 also where that has no controllers.
if grep -qw cgroup2 /proc/filesystems; then
  mount -t cgroup2 cgroup2 "$view" || exit 1
  mkdir -p "$view/node-$node" && echo $$ > "$view/node-$node/cgroup.procs" || exit 1
  umount "$view"
fi
rmdir "$view"
exec unshare --cgroup /bin/sh -c '
  umount -R -l /sys/fs/cgroup
  mount -t tmpfs -o mode=755,nosuid,nodev,noexec tmpfs /sys/fs/cgroup || exit 1
  for controllers in $hierarchies; do
    name=\${controllers#name=}
    options=$controllers
    [ "$name" = "$controllers" ] || options=none,$controllers
    mkdir "/sys/fs/cgroup/$name"
    mount -t cgroup -o "$options" cgroup "/sys/fs/cgroup/$name" || exit 1
    for single in $(echo "$name" | tr , " "); do
      [ "$single" = "$name" ] || ln -s "$name" "/sys/fs/cgroup/$single"
    done
  done
  unset hierarchies
  export SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1
  exec /sbin/init systemd.unified_cgroup_hierarchy=0'
`;

/** What a container runtime does beyond the devices that libvirt allows: make nodes of any, use terminals and tun. */
const deviceRules = ["c *:* m", "b *:* m", "c 5:1 rwm", "c 136:* rwm", "c 10:200 rwm"];

/**
 * Shell commands of the create script, for a host with the cgroup v1 controller of devices: a group
 * may allow only what those above it allow, so the domain's own, and those that the node's systemd
 * has made meanwhile, are opened from outside.
 */
export const openDevicesCommands = `init=$(cut -d' ' -f1 "/proc/$(cat "/run/libvirt/lxc/$name.pid")/task/$(cat "/run/libvirt/lxc/$name.pid")/children")
devices=$(sed -n 's/^[0-9]*:devices:\\(.*\\.libvirt-lxc\\).*/\\1/p' "/proc/\${init% }/cgroup")
if [ -n "$devices" ]; then
  find "/sys/fs/cgroup/devices$devices" -type d | while read -r group; do
    for rule in ${deviceRules.map((rule) => `'${rule}'`).join(" ")}; do
      echo "$rule" > "$group/devices.allow" || [ ! -d "$group" ] || explain "its devices cannot be opened"
    done
  done
fi
`;
