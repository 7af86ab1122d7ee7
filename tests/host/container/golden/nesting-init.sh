#!/bin/sh
# How every first process of a container node begins. Arguments: the domain's name, and the file that
# the console is kept in, so that a node that never answers can be explained from the host.
console=$2
: > "$console"
exec >> "$console" 2>&1
mount --bind "$console" /dev/console
for entry in /proc/sysrq-trigger /proc/kcore; do
  [ ! -e "$entry" ] || mount --bind /dev/null "$entry"
done
# shellcheck shell=sh
# First process of a node that runs containers of its own; comes after first-process-start.sh.
#
# A container runtime needs controllers. On a host that has them in cgroup v1 hierarchies, the node
# gets a private view of each: its own group becomes the root. Those that libvirt does not manage
# (pids, name=systemd) get a group `node-NAME` at their top first, or all nodes would share one.
# systemd has to be told to do without cgroup v2. The nested containers' network settings are their
# own, so only /proc/sys/net is made writable: what else is there belongs to the host.
# On a pure cgroup v2 host the tree that libvirt gives is right as it is (not tried).
node=$1
ln -sf /dev/null /dev/kmsg
mount --bind /proc/sys/net /proc/sys/net && mount -o remount,rw,bind /proc/sys/net || exit 1
if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then
  exec /sbin/init
fi
view=/run/hierarchy
options_of() {
  case $1 in name=*) echo "none,$1" ;; *) echo "$1" ;; esac
}
mkdir -p "$view"
hierarchies=
while IFS=: read -r _ controllers place; do
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
# shellcheck disable=SC2016 # The inner shell expands them, in the new namespace.
exec unshare --cgroup /bin/sh -c '
  umount -R -l /sys/fs/cgroup
  mount -t tmpfs -o mode=755,nosuid,nodev,noexec tmpfs /sys/fs/cgroup || exit 1
  for controllers in $hierarchies; do
    name=${controllers#name=}
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
