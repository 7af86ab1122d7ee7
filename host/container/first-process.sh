# shellcheck shell=sh
# First process of a container node; comes after first-process-start.sh.
#
# On a host with cgroup v1 controllers it gives the node a cgroup v2 tree and a cgroup namespace of
# its own: otherwise all nodes share the host's `name=systemd` tree and one node's systemd meddles
# with another's services. libvirt's limits stay in force from the v1 side. On a pure cgroup v2 host
# the tree that libvirt gives is right as it is.
node=$1
if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then
  exec /sbin/init
fi
mkdir -p /run/cgroup2 && mount -t cgroup2 cgroup2 /run/cgroup2 || exit 1
mkdir -p "/run/cgroup2/node-$node" && echo $$ > "/run/cgroup2/node-$node/cgroup.procs" || exit 1
umount /run/cgroup2
rmdir /run/cgroup2
exec unshare --cgroup /bin/sh -c '
  umount -R -l /sys/fs/cgroup
  mount -t cgroup2 cgroup2 /sys/fs/cgroup || exit 1
  exec /sbin/init'
