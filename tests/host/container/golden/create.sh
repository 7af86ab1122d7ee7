[ -n "${BASH_VERSION:-}" ] || { echo "this script needs bash" >&2; exit 2; }
set -euo pipefail
umask 022
name='schedlab-dev-node01'
dir='/var/lib/schedlab/schedlab-dev/schedlab-dev-node01'
merged='/var/lib/schedlab/schedlab-dev/schedlab-dev-node01/merged'
log='/var/log/libvirt/lxc/schedlab-dev-node01.log'

fail() { echo "container $name: $*" >&2; exit 1; }

virsh_lxc() { virsh --quiet -c lxc:///system "$@"; }

# One script at a time for a node. The lock is the directory itself, so that it leaves no file;
# children hold it too, so that a script that was killed cannot race with its own virsh.
lock_node() {
  while :; do
    mkdir -p "$dir"
    exec 9< "$dir" || continue
    flock -w 60 9 || fail "another process has been working on it for 60 s"
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

remove_node() {
  local deadline=$((SECONDS + 30)) tree pid pids='' killed=''
  refuse_mounts merged
  killed=$(grep -hsx '[0-9]*' "$dir/controller" "/run/libvirt/lxc/$name.pid" || true)
  for tree in $(findmnt -n -t cgroup2 -o TARGET); do
    [ ! -e "$tree/node-$name/cgroup.kill" ] || echo 1 > "$tree/node-$name/cgroup.kill"
  done
  while pids=$(node_processes) && [ -n "$pids" ]; do
    kill -KILL $pids 2> /dev/null || true
    killed="$killed $pids"
    [ "$SECONDS" -lt "$deadline" ] || fail "processes still alive after 30 s: $pids"
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
    timeout 30 virsh -c lxc:///system destroy "$name" > /dev/null || fail "libvirt keeps the domain"
  fi
  if [ -e "/etc/libvirt/lxc/$name.xml" ]; then
    virsh_lxc undefine "$name" || fail "libvirt keeps the definition"
  fi
  while mountpoint -q "$merged"; do
    umount "$merged" 2> /dev/null && continue
    [ "$SECONDS" -lt "$deadline" ] || fail "$merged is still in use"
    sleep 0.1
  done
  remove_cgroups $killed
  refuse_mounts
  # For what is mounted from now on.
  find "$dir" -mindepth 1 -maxdepth 1 -exec rm -rf --one-file-system --preserve-root=all {} +
  rmdir "/run/libvirt/lxc/$name".{dev,devpts,fuse} 2> /dev/null || true
  rm -f "/run/libvirt/lxc/$name.sock" "$log"
}

image='/cache/images/slurm-0123/root'

explain_node() {
  local file controller init
  for file in '/var/log/libvirt/lxc/schedlab-dev-node01.log' '/var/lib/schedlab/schedlab-dev/schedlab-dev-node01/upper/var/log/schedlab-console.log'; do
    [ ! -s "$file" ] || { echo "--- end of $file"; tail -n 30 "$file"; }
  done
  controller=$(cat '/run/libvirt/lxc/schedlab-dev-node01.pid' 2> /dev/null) || return 0
  init=$(cut -d' ' -f1 "/proc/$controller/task/$controller/children" 2> /dev/null) || return 0
  [ -n "$init" ] || return 0
  echo "--- end of the node's journal"
  timeout 10 nsenter --target "$init" --mount --pid journalctl --no-pager --quiet -p notice -n 30 2>&1 || true
}

explain() { explain_node >&2; fail "$@"; }

seed=$(cat)
[ -n "$seed" ] || fail "no seed on standard input"
[ -d "$image/usr" ] || fail "no image tree at $image"
made="4f24a2dc7e3450a2a62cbd827854197b7bf553fbab5644cd284d44d3229ad86e $(printf '%s\n' "$seed" | sha256sum | cut -c1-64)"

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
mkdir -p "$merged/etc/schedlab" "$merged/usr/lib/schedlab"
(umask 077 && printf '%s\n' "$seed" > "$merged/etc/schedlab/seed")
cat > "$merged/usr/lib/schedlab/node-init" << 'END_OF_FIRST_PROCESS'
#!/bin/sh
# The console as a file, so that a node that never answers can be explained from the host.
: > /var/log/schedlab-console.log
exec >> /var/log/schedlab-console.log 2>&1
mount --bind /var/log/schedlab-console.log /dev/console
for entry in /proc/sysrq-trigger /proc/kcore; do
  [ ! -e "$entry" ] || mount --bind /dev/null "$entry"
done
if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then
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
END_OF_FIRST_PROCESS
chmod 755 "$merged/usr/lib/schedlab/node-init"
cat > "$dir/domain.xml" << 'END_OF_DOMAIN'
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
END_OF_DOMAIN

# A kernel that does not account swap refuses the domain with this limit.
if [ -d /sys/fs/cgroup/memory ] && [ ! -e /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes ]; then
  sed -i '/<swap_hard_limit /d' "$dir/domain.xml"
fi

# Transient: the definition ends with the container, so that none can be left behind.
reason=$(virsh_lxc create "$dir/domain.xml" 2>&1 > /dev/null) || explain "does not start: $reason"
# Part of the names of its cgroups, by which they are found when libvirt has forgotten it.
cp "/run/libvirt/lxc/$name.pid" "$dir/controller"
host_end=$(sed -n "s/.*<target dev='\(vnet[0-9]*\)'.*/\1/p" "/run/libvirt/lxc/$name.xml" | head -n 1)
bridge=$(basename "$(readlink "/sys/class/net/$host_end/master")")
echo 200 > "/proc/sys/net/ipv4/neigh/$bridge/retrans_time_ms" || true
controller=$(cat "/run/libvirt/lxc/$name.pid")
init=$(cut -d' ' -f1 "/proc/$controller/task/$controller/children")
in_node() { nsenter --net="/proc/$init/ns/net" "$@"; }
for try in $(seq 50); do
  ! in_node ip link show eth0 > /dev/null 2>&1 || break
  sleep 0.1
done
shape() { "$@" || explain "the host's kernel does not shape the link: $*"; }
shape in_node tc qdisc replace dev eth0 root handle 1: netem delay 500us limit 10000
shape in_node tc qdisc replace dev eth0 parent 1:1 tbf rate 100000kbit burst 131072 latency 50ms
shape tc qdisc replace dev "$host_end" root tbf rate 100000kbit burst 131072 latency 50ms
printf '%s\n' "$made" > "$dir/made.new"
mv "$dir/made.new" "$dir/made"
