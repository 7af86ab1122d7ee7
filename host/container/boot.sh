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
