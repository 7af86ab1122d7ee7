set -- schedlab-dev-node01 /var/lib/schedlab/schedlab-dev/schedlab-dev-node01 /var/lib/schedlab/schedlab-dev/schedlab-dev-node01/merged /var/log/libvirt/lxc/schedlab-dev-node01.log /var/lib/schedlab/schedlab-dev/schedlab-dev-node01/upper/var/log/schedlab-console.log /cache/images/slurm-0123/root 6289f2c42accaa9e49d17aae6c3ed3edaaac0d01f4821b10298e004a94fbf81d /etc/schedlab/seed /usr/lib/schedlab/node-init
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

# explain_node prints what is known about a node that fails or never answers: the ends of the
# controller process's log, of the console and, while it runs, of the node's journal. Arguments of the
# function: the domain's name, the log, the file of the console.
explain_node() {
  local file controller init lines=30
  for file in "$2" "$3"; do
    [ ! -s "$file" ] || { echo "--- end of $file"; tail -n "$lines" "$file"; }
  done
  controller=$(cat "/run/libvirt/lxc/$1.pid" 2> /dev/null) || return 0
  init=$(cut -d' ' -f1 "/proc/$controller/task/$controller/children" 2> /dev/null) || return 0
  [ -n "$init" ] || return 0
  echo "--- end of the node's journal"
  timeout 10 nsenter --target "$init" --mount --pid journalctl --no-pager --quiet -p notice -n "$lines" 2>&1 || true
}

# boot_node starts a node from the files in its directory. Comes after node.sh and explain.sh; the function
# after_start does what is left once the container runs. Takes the file of the node's console from `console`.

# shellcheck disable=SC2154 # The script that it is a part of has set the node's values.
explain() { explain_node "$name" "$log" "$console" >&2; fail "$@"; }

# shellcheck disable=SC2154 # As above.
boot_node() {
  local reason
  # Transient: the definition ends with the container, so that none can be left behind.
  reason=$(virsh_lxc create "$dir/domain.xml" 2>&1 > /dev/null) || explain "does not start: $reason"
  # Part of the names of its cgroups, by which they are found when libvirt has forgotten it.
  cp "/run/libvirt/lxc/$name.pid" "$dir/controller"
  after_start
}

# Functions for a running node's link. Each takes the domain's name first.

# The node's first process, as the host numbers it.
init_of() {
  local controller
  controller=$(cat "/run/libvirt/lxc/$1.pid")
  cut -d' ' -f1 "/proc/$controller/task/$controller/children"
}

# The host's end of the node's link.
host_end_of() {
  sed -n "s/.*<target dev='\(vnet[0-9]*\)'.*/\1/p" "/run/libvirt/lxc/$1.xml" | head -n 1
}

# Has the host ask for the node's hardware address more often, so that it notices sooner that the node
# has come up. The kernel's default is 1000 ms.
notice_sooner() {
  local bridge
  bridge=$(basename "$(readlink "/sys/class/net/$(host_end_of "$1")/master")")
  echo 200 > "/proc/sys/net/ipv4/neigh/$bridge/retrans_time_ms" || true
}

# Shapes a running node's link; comes after link.sh. A token bucket at both ends rather than libvirt's
# <bandwidth>: it needs one queue discipline of the kernel instead of four.

in_node() {
  local init
  init=$(init_of "$1")
  shift
  nsenter --net="/proc/$init/ns/net" "$@"
}

shape() { "$@" || explain "the host's kernel does not shape the link: $*"; }

# Arguments: the domain's name; the delay of what the node sends, in µs; the rate each way, in kbit/s;
# the bucket's size in bytes. What is empty is not asked for.
shape_link() {
  local name=$1 latency_us=$2 rate_kbit=$3 burst_bytes=$4 host_end place=(root) bucket
  host_end=$(host_end_of "$name")
  for _ in $(seq 50); do
    ! in_node "$name" ip link show eth0 > /dev/null 2>&1 || break
    sleep 0.1
  done
  if [ -n "$latency_us" ]; then
    shape in_node "$name" tc qdisc replace dev eth0 root handle 1: netem delay "${latency_us}us" limit 10000
    place=(parent 1:1)
  fi
  if [ -n "$rate_kbit" ]; then
    bucket=(tbf rate "${rate_kbit}kbit" burst "$burst_bytes" latency 50ms)
    shape in_node "$name" tc qdisc replace dev eth0 "${place[@]}" "${bucket[@]}"
    shape tc qdisc replace dev "$host_end" root "${bucket[@]}"
  fi
}

first_process() {
cat <<'SCHEDLAB_END_OF_FILE'
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
SCHEDLAB_END_OF_FILE
}
domain_xml() {
cat <<'SCHEDLAB_END_OF_FILE'
<domain type='lxc'>
  <name>schedlab-dev-node01</name>
  <memory unit='MiB'>512</memory>
  <vcpu>2</vcpu>
  <memtune>
    <hard_limit unit='MiB'>512</hard_limit>
    <swap_hard_limit unit='MiB'>512</swap_hard_limit>
  </memtune>
  <cputune>
    <shares>2048</shares>
    <period>100000</period>
    <quota>200000</quota>
  </cputune>
  <os>
    <type>exe</type>
    <init>/usr/lib/schedlab/node-init</init>
    <initarg>schedlab-dev-node01</initarg>
    <initarg>/var/log/schedlab-console.log</initarg>
  </os>
  <features>
    <privnet/>
    <capabilities policy='default'>
      <dac_read_search state='off'/>
      <sys_rawio state='off'/>
      <syslog state='off'/>
      <wake_alarm state='off'/>
      <block_suspend state='off'/>
      <linux_immutable state='off'/>
    </capabilities>
  </features>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <filesystem type='mount'>
      <source dir='/var/lib/schedlab/schedlab-dev/schedlab-dev-node01/merged'/>
      <target dir='/'/>
    </filesystem>
    <interface type='network'>
      <mac address='52:54:00:4d:00:0b'/>
      <source network='schedlab-dev'/>
    </interface>
    <console type='pty'/>
  </devices>
</domain>
SCHEDLAB_END_OF_FILE
}
after_start() {
  notice_sooner schedlab-dev-node01
  shape_link schedlab-dev-node01 500 100000 131072
}
# Creates and starts one node. Comes after node.sh, explain.sh and boot.sh, and after functions that the node's
# values have been put in: first_process and domain_xml print these files, after_start does what is
# left once the container runs. Arguments behind those of node.sh: the file of the node's console, the
# image's tree, a digest of all that the node is made from, and where the node has its seed and its
# first process. The seed comes on standard input.
# shellcheck disable=SC2034 # The files that come before this one use log and console.
name=$1 dir=$2 merged=$3 log=$4
shift 4
# shellcheck disable=SC2034 # As above.
console=$1 image=$2 input=$3 seed_file=$4 first_process_file=$5

seed=$(cat)
[ -n "$seed" ] || fail "no seed on standard input"
[ -d "$image/usr" ] || fail "no image tree at $image"
made="$input $(printf '%s\n' "$seed" | sha256sum | cut -c1-64)"

lock_node
if [ "$(cat "$dir/made" 2> /dev/null)" = "$made" ] &&
  [ "$(virsh_lxc domstate "$name" 2> /dev/null)" = running ]; then
  exit 0
fi
# A resource that fails to be created is in nobody's state: nothing may stay behind.
undo() {
  local code=$?
  [ "$code" = 0 ] || { remove_node && rmdir "$dir"; } || true
  exit "$code"
}
trap undo EXIT
remove_node

mkdir -p "$dir/upper" "$dir/work" "$merged"
mount -t overlay -o "lowerdir=$image,upperdir=$dir/upper,workdir=$dir/work" "$name" "$merged"
mkdir -p "$merged${seed_file%/*}" "$merged${first_process_file%/*}"
(umask 077 && printf '%s\n' "$seed" > "$merged$seed_file")
first_process > "$merged$first_process_file"
chmod 755 "$merged$first_process_file"
domain_xml > "$dir/domain.xml"

# A kernel that does not account swap refuses the domain with this limit.
if [ -d /sys/fs/cgroup/memory ] && [ ! -e /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes ]; then
  sed -i '/<swap_hard_limit /d' "$dir/domain.xml"
fi

boot_node
printf '%s\n' "$made" > "$dir/made.new"
mv "$dir/made.new" "$dir/made"
