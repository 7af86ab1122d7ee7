set -- schedlab-dev-node01 /var/lib/schedlab/schedlab-dev/schedlab-dev-node01 /var/lib/schedlab/schedlab-dev/schedlab-dev-node01/merged /var/log/libvirt/lxc/schedlab-dev-node01.log
# Functions shared by the scripts of a container node: lock_node, end_node, remove_node and delete_node. The end
# starts from what the kernel knows and asks libvirt last: `virsh destroy` leaves processes alive on hosts with
# cgroup v1, and a daemon may have forgotten the domain. Arguments: the domain's name, the node's
# directory, the overlay's mount point in it, the log of libvirt's controller process.
[ -n "${BASH_VERSION:-}" ] || { echo "this script needs bash" >&2; exit 2; }
set -euo pipefail
umask 022
name=$1 dir=$2 merged=$3 log=$4

# For processes to die and for libvirt to notice.
removal_seconds=30
lock_seconds=60

fail() { echo "container $name: $*" >&2; exit 1; }

virsh_lxc() { virsh --quiet -c lxc:///system "$@"; }

# One script at a time for a node. The lock is the directory itself, so that it leaves no file;
# children hold it too, so that a script that was killed cannot race with its own virsh.
lock_node() {
  while :; do
    mkdir -p "$dir"
    exec 9< "$dir" || continue
    flock -w "$lock_seconds" 9 || fail "another process has been working on it for $lock_seconds s"
    [ "$dir" -ef /proc/self/fd/9 ] && return
  done
}

# The container's first process (all others die with it) and libvirt's controller process.
node_processes() {
  { grep -slzx "LIBVIRT_LXC_NAME=$name" /proc/[0-9]*/environ || true
    grep -slzx -- "$name" /proc/[0-9]*/cmdline | while read -r file; do
      [ "$(tr '\0' ' ' 2> /dev/null < "$file" | sed -n 's/^[^ ]*libvirt_lxc --name \([^ ]*\) .*/\1/p')" = "$name" ] && echo "$file"
    done || true
  } | cut -d/ -f3 | sort -u
}

# What is mounted at the node's directory or below it, but at the given name in it.
mounted_here() {
  local place target
  place=$(realpath -- "$dir")
  findmnt --noheadings --list --output TARGET | while IFS= read -r target; do
    case $target in
      "$place/${1:-}") ;;
      "$place" | "$place"/*) echo "$target" ;;
    esac
  done
}

# Nothing that is mounted is ever deleted.
refuse_mounts() {
  local found
  found=$(mounted_here "$@")
  [ -z "$found" ] || fail "not removed, because something is mounted in its directory; unmount it first:
$found"
}

# Arguments: ids of the node's controller processes, which are parts of its groups' names. The name of
# a node may be shortened there, so without the id a group could be another's.
remove_cgroups() {
  local tree directory pid short
  for tree in $(findmnt -n -t cgroup,cgroup2 -o TARGET); do
    [ ! -d "$tree/node-$name" ] || find "$tree/node-$name" -depth -type d -exec rmdir {} + 2> /dev/null || true
  done
  # Left behind by libvirt when it did not see the end of the container; an id still alive keeps its own.
  for pid; do
    [ ! -d "/proc/$pid" ] || continue
    for directory in /sys/fs/cgroup/*/machine/lxc-"$pid"-*.libvirt-lxc; do
      short=${directory##*/lxc-"$pid"-}
      short=${short%.libvirt-lxc}
      [[ ! -d $directory || $name != "$short"* ]] || find "$directory" -depth -type d -exec rmdir {} + 2> /dev/null || true
    done
  done
}

# Ends the node's processes and its domain, so that it could start again from its files. Repeatable.
end_node() {
  local deadline=$((SECONDS + removal_seconds)) tree pid pids='' killed=''
  killed=$(grep -hsx '[0-9]*' "$dir/controller" "/run/libvirt/lxc/$name.pid" || true)
  for tree in $(findmnt -n -t cgroup2 -o TARGET); do
    [ ! -e "$tree/node-$name/cgroup.kill" ] || echo 1 > "$tree/node-$name/cgroup.kill"
  done
  while pids=$(node_processes) && [ -n "$pids" ]; do
    # shellcheck disable=SC2086 # Each id is a word of its own.
    kill -KILL $pids 2> /dev/null || true
    killed="$killed $pids"
    [ "$SECONDS" -lt "$deadline" ] || fail "processes still alive after $removal_seconds s: $pids"
    sleep 0.05
  done
  for pid in $killed; do
    # Until its parent has taken note; a dead process that nobody reaps holds nothing.
    while [ -d "/proc/$pid" ] && ! grep -qs '^State:.[ZX]' "/proc/$pid/status" && [ "$SECONDS" -lt "$deadline" ]; do
      sleep 0.02
    done
  done
  while [ -e "/run/libvirt/lxc/$name.xml" ] && [ "$SECONDS" -lt "$deadline" ]; do
    if ! virsh_lxc domstate "$name" > /dev/null 2>&1; then
      rm -f "/run/libvirt/lxc/$name.xml" "/run/libvirt/lxc/$name.pid"
      break
    fi
    sleep 0.1
  done
  if [ -e "/run/libvirt/lxc/$name.xml" ]; then
    timeout "$removal_seconds" virsh -c lxc:///system destroy "$name" > /dev/null || fail "libvirt keeps the domain"
  fi
  if [ -e "/etc/libvirt/lxc/$name.xml" ]; then
    virsh_lxc undefine "$name" || fail "libvirt keeps the definition"
  fi
  # shellcheck disable=SC2086 # Each id is a word of its own.
  remove_cgroups $killed
  rmdir "/run/libvirt/lxc/$name".{dev,devpts,fuse} 2> /dev/null || true
  rm -f "/run/libvirt/lxc/$name.sock"
}

remove_node() {
  local deadline=$((SECONDS + removal_seconds))
  refuse_mounts merged
  end_node
  while mountpoint -q "$merged"; do
    umount "$merged" 2> /dev/null && continue
    [ "$SECONDS" -lt "$deadline" ] || fail "$merged is still in use"
    sleep 0.1
  done
  refuse_mounts
  # For what is mounted from now on.
  find "$dir" -mindepth 1 -maxdepth 1 -exec rm -rf --one-file-system --preserve-root=all {} +
  rm -f "$log"
}

# Deletes the node with all it has: processes, domain, cgroups, mount, directories, log. Repeatable.
delete_node() {
  lock_node
  remove_node
  rmdir "$dir"
}
delete_node
