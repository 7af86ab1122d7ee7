import { createHash } from "node:crypto";
import { libvirtLxc, nodeFunctions } from "./delete";
import { firstProcessScript } from "./first-process";
import {
  type ContainerNode,
  containerPaths,
  firstProcessInNode,
  seedInNode,
} from "./node";
import { containerXml } from "./xml";

/**
 * Creates and starts one node; the seed arrives on standard input. Does not wait for the node to
 * answer. A node that is whole and made from the same input is left alone; anything else that has
 * its name is removed first, so that a script killed at any point is repaired by running it again.
 */
export function containerCreateScript(node: ContainerNode): string {
  const xml = containerXml(node);
  const input = createHash("sha256")
    .update([node.imageRoot, String(node.latencyUs), firstProcessScript, xml].join("\0"))
    .digest("hex");
  const { console } = containerPaths(node);
  return `${nodeFunctions(node)}
image='${node.imageRoot}'
console='${console}'

explain() {
  echo "container $name: $*" >&2
  for file in "$log" "$console"; do
    [ ! -s "$file" ] || { echo "--- end of $file" >&2; tail -n 20 "$file" >&2; }
  done
  exit 1
}

seed=$(cat)
[ -n "$seed" ] || fail "no seed on standard input"
[ -d "$image/usr" ] || fail "no image tree at $image"
made="${input} $(printf '%s\\n' "$seed" | sha256sum | cut -c1-64)"

lock_node
if [ "$(cat "$dir/made" 2> /dev/null)" = "$made" ] &&
  [ "$(virsh_lxc domstate "$name" 2> /dev/null)" = running ]; then
  exit 0
fi
remove_node

mkdir -p "$dir/upper" "$dir/work" "$merged"
mount -t overlay -o "lowerdir=$image,upperdir=$dir/upper,workdir=$dir/work" "$name" "$merged"
mkdir -p "$merged${seedInNode.slice(0, seedInNode.lastIndexOf("/"))}" "$merged${firstProcessInNode.slice(0, firstProcessInNode.lastIndexOf("/"))}"
(umask 077 && printf '%s\\n' "$seed" > "$merged${seedInNode}")
cat > "$merged${firstProcessInNode}" << 'END_OF_FIRST_PROCESS'
${firstProcessScript}END_OF_FIRST_PROCESS
chmod 755 "$merged${firstProcessInNode}"
cat > "$dir/domain.xml" << 'END_OF_DOMAIN'
${xml}END_OF_DOMAIN

# Transient: the definition ends with the container, so that none can be left behind.
reason=$(virsh_lxc create "$dir/domain.xml" 2>&1 > /dev/null) || explain "does not start: $reason"
${latencyCommands(node.latencyUs)}printf '%s\\n' "$made" > "$dir/made.new"
mv "$dir/made.new" "$dir/made"
`;
}

function latencyCommands(microseconds: number | null): string {
  if (microseconds === null) return "";
  return `controller=$(cat "/run/libvirt/lxc/$name.pid")
init=$(cut -d' ' -f1 "/proc/$controller/task/$controller/children")
nsenter --net="/proc/$init/ns/net" tc qdisc replace dev eth0 root netem delay ${microseconds}us ||
  explain "the host's kernel gives no delay"
`;
}
