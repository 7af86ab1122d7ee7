import { shellFile, shellScript } from "../../base/shell-script";
import { nodeValues } from "./delete";
import { linkCalls } from "./link";
import { type ContainerNode, type ContainerPlace, containerPaths } from "./node";

/** What is needed to start a container that has been made before. */
export type RestartedContainer = ContainerPlace &
  Pick<ContainerNode, "networkName" | "bandwidthMbps" | "latencyUs">;

/**
 * Starts a node that was turned off, with its link as it was made. A node that runs is left alone. Does not
 * wait for the node to answer.
 */
export function containerOnScript(node: RestartedContainer): string {
  const link = linkCalls(node);
  const { console } = containerPaths(node);
  const functions = ["link.sh", "open-devices.sh", ...link.files];
  return [
    shellScript(
      __dirname,
      ["node.sh", "explain.sh", "boot.sh", ...functions],
      [...nodeValues(node), console],
    ),
    `link_up() {\n${[...link.calls, ":"].map((call) => `  ${call}`).join("\n")}\n}`,
    shellFile(__dirname, "turn-on.sh"),
  ].join("\n");
}

/** Ends a node as if its power was cut; its files stay, so that it can start again. Repeatable. */
export function containerOffScript(node: ContainerPlace): string {
  return shellScript(__dirname, ["node.sh", "turn-off.sh"], nodeValues(node));
}
