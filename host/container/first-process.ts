import { shellFile } from "../../base/shell-script";
import type { ContainerNode } from "./node";

/**
 * The first process of a container node, in place of /sbin/init: it prepares the node and then
 * becomes init.
 */
export function firstProcessScript({ nesting }: Pick<ContainerNode, "nesting">): string {
  return ["first-process-start.sh", nesting ? "nesting-process.sh" : "first-process.sh"]
    .map((name) => shellFile(__dirname, name))
    .join("");
}
