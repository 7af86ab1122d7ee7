# Ends a node, and keeps its files so that it can start again. Comes after node.sh.
# shellcheck disable=SC2154 # The first line of the script sets it.
[ -s "$dir/made" ] || exit 0
lock_node
end_node
