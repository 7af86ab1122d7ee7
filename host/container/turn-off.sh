# Ends a node, and keeps its files so that it can start again. Comes after node.sh.
[ -s "$dir/made" ] || exit 0
lock_node
end_node
