import { consoleInNode } from "./node";

/** How every first process begins. */
export const firstProcessStart = `#!/bin/sh
# The console as a file, so that a node that never answers can be explained from the host.
: > ${consoleInNode}
exec >> ${consoleInNode} 2>&1
mount --bind ${consoleInNode} /dev/console
for entry in /proc/sysrq-trigger /proc/kcore; do
  [ ! -e "$entry" ] || mount --bind /dev/null "$entry"
done
`;

/**
 * First process of a container node; its argument is the domain's name.
 *
 * On a host with cgroup v1 controllers it gives the node a cgroup v2 tree and a cgroup namespace of
 * its own: otherwise all nodes share the host's `name=systemd` tree and one node's systemd meddles
 * with another's services. libvirt's limits stay in force from the v1 side. On a pure cgroup v2 host
 * the tree that libvirt gives is right as it is.
 */
export const firstProcessScript = `${firstProcessStart}if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then
  exec /sbin/init
fi
mkdir -p /run/cgroup2 && mount -t cgroup2 cgroup2 /run/cgroup2 || exit 1
mkdir -p "/run/cgroup2/node-$1" && echo $$ > "/run/cgroup2/node-$1/cgroup.procs" || exit 1
umount /run/cgroup2
rmdir /run/cgroup2
exec unshare --cgroup /bin/sh -c '
  umount -R -l /sys/fs/cgroup
  mount -t cgroup2 cgroup2 /sys/fs/cgroup || exit 1
  exec /sbin/init'
`;
