import { shellFile, shellWords } from "../../base/shell-script";
import { type ContainerPlace, containerPaths } from "./node";

/** The call of explain.sh's function for a node. */
function explainCall(node: ContainerPlace): string {
  const { console, controllerLog } = containerPaths(node);
  return `explain_node ${shellWords([node.domainName, controllerLog, console])}`;
}

/** Prints the ends of the controller's log, of the console and, while it runs, of the node's journal. */
export function containerExplainScript(node: ContainerPlace): string {
  return `${shellFile(__dirname, "explain.sh")}${explainCall(node)}\n`;
}
