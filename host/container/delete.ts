import { shellScript } from "../../base/shell-script";
import { assertUsablePlace, type ContainerPlace, containerPaths } from "./node";

/** What node.sh takes. @throws Failure when a name or path cannot be used in a shell or a domain. */
export function nodeValues(node: ContainerPlace): string[] {
  assertUsablePlace(node);
  const { dir, merged, controllerLog } = containerPaths(node);
  return [node.domainName, dir, merged, controllerLog];
}

/** Deletes one node with all it has: processes, domain, cgroups, mount, directories, log. Repeatable. */
export function containerDeleteScript(node: ContainerPlace): string {
  return `${shellScript(__dirname, ["node.sh"], nodeValues(node))}delete_node\n`;
}
