import { type ContainerPlace, containerPaths } from "./node";

/** Lines of each source that are shown. */
const tailLines = 30;

/** Shell function `explain_node`: prints what is known about a node that fails or never answers. */
export function explainFunction(node: ContainerPlace): string {
  const { console, controllerLog } = containerPaths(node);
  return `explain_node() {
  local file controller init
  for file in '${controllerLog}' '${console}'; do
    [ ! -s "$file" ] || { echo "--- end of $file"; tail -n ${tailLines} "$file"; }
  done
  controller=$(cat '/run/libvirt/lxc/${node.domainName}.pid' 2> /dev/null) || return 0
  init=$(cut -d' ' -f1 "/proc/$controller/task/$controller/children" 2> /dev/null) || return 0
  [ -n "$init" ] || return 0
  echo "--- end of the node's journal"
  timeout 10 nsenter --target "$init" --mount --pid journalctl --no-pager --quiet -p notice -n ${tailLines} 2>&1 || true
}
`;
}

/** Prints the ends of the controller's log, of the console and, while it runs, of the node's journal. */
export function containerExplainScript(node: ContainerPlace): string {
  return `${explainFunction(node)}explain_node
`;
}
