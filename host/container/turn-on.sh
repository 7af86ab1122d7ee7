# Starts a node that has been made and does not run. Comes after node.sh, explain.sh, boot.sh and link.sh, and
# after the function link_up, which does what is to be done with the node's link. Argument behind those of
# node.sh: the file of the node's console. Does not wait for the node to answer.
# shellcheck disable=SC2034 # The files that come before this one use log and console.
name=$1 dir=$2 merged=$3 log=$4 console=$5

after_start() {
  # A node that runs containers of its own may make nodes of devices.
  if grep -q "<mknod state='on'/>" "$dir/domain.xml"; then open_devices "$name"; fi
  link_up
}

# Of a node that is not whole, or not there, the maker has to be asked first.
whole() { [ -s "$dir/made" ] && [ -s "$dir/domain.xml" ]; }

whole || fail "has not been made on this host, or not wholly; run the stack's \`pulumi up\`"
lock_node
[ "$(virsh_lxc domstate "$name" 2> /dev/null)" != running ] || exit 0
whole || fail "was removed meanwhile"
mountpoint -q "$merged" || fail "its files are not mounted, perhaps since the host has booted; run the stack's \`pulumi up\`"
# What a start or an end that was cut off may have left.
end_node
boot_node
