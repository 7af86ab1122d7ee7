import { shellFile } from "../../base/shell-script";
import type { ContainerNode } from "./node";

/** What a container node starts instead of /sbin/init, which it ends in. */
export function firstProcessScript({ nesting }: Pick<ContainerNode, "nesting">): string {
  return ["first-process-start.sh", nesting ? "nesting-process.sh" : "first-process.sh"]
    .map((name) => shellFile(__dirname, name))
    .join("");
}
