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
