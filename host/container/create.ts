import { createHash } from "node:crypto";
import { nodeFunctions } from "./delete";
import { explainFunction } from "./explain";
import { firstProcessScript } from "./first-process";
import { linkCommands } from "./link";
import { nestingProcessScript, openDevicesCommands } from "./nesting";
import { assertUsableDirectory, type ContainerNode, firstProcessInNode, seedInNode } from "./node";
import { containerXml } from "./xml";

/**
 * Creates and starts one node; the seed arrives on standard input. Does not wait for the node to
 * answer. A node that is whole and made from the same input is left alone; anything else that has
 * its name is removed first, so that a script killed at any point is repaired by running it again.
 */
export function containerCreateScript(node: ContainerNode): string {
  assertUsableDirectory(node.imageRoot);
  const xml = containerXml(node);
  const firstProcess = node.nesting ? nestingProcessScript : firstProcessScript;
  const opening = node.nesting ? openDevicesCommands : "";
  const input = createHash("sha256")
    .update([node.imageRoot, firstProcess, xml, opening + linkCommands(node)].join("\0"))
    .digest("hex");
  return `${nodeFunctions(node)}
image='${node.imageRoot}'

${explainFunction(node)}
explain() { explain_node >&2; fail "$@"; }

seed=$(cat)
[ -n "$seed" ] || fail "no seed on standard input"
[ -d "$image/usr" ] || fail "no image tree at $image"
made="${input} $(printf '%s\\n' "$seed" | sha256sum | cut -c1-64)"

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
mkdir -p "$merged${seedInNode.slice(0, seedInNode.lastIndexOf("/"))}" "$merged${firstProcessInNode.slice(0, firstProcessInNode.lastIndexOf("/"))}"
(umask 077 && printf '%s\\n' "$seed" > "$merged${seedInNode}")
cat > "$merged${firstProcessInNode}" << 'END_OF_FIRST_PROCESS'
${firstProcess}END_OF_FIRST_PROCESS
chmod 755 "$merged${firstProcessInNode}"
cat > "$dir/domain.xml" << 'END_OF_DOMAIN'
${xml}END_OF_DOMAIN

# A kernel that does not account swap refuses the domain with this limit.
if [ -d /sys/fs/cgroup/memory ] && [ ! -e /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes ]; then
  sed -i '/<swap_hard_limit /d' "$dir/domain.xml"
fi

# Transient: the definition ends with the container, so that none can be left behind.
reason=$(virsh_lxc create "$dir/domain.xml" 2>&1 > /dev/null) || explain "does not start: $reason"
# Part of the names of its cgroups, by which they are found when libvirt has forgotten it.
cp "/run/libvirt/lxc/$name.pid" "$dir/controller"
${opening}${linkCommands(node)}printf '%s\\n' "$made" > "$dir/made.new"
mv "$dir/made.new" "$dir/made"
`;
}
