import { createHash } from "node:crypto";
import { printingFunction, shellFile, shellScript, shellWords } from "../../base/shell-script";
import { nodeValues } from "./delete";
import { firstProcessScript } from "./first-process";
import { linkCalls } from "./link";
import {
  assertUsableDirectory,
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
  assertUsableDirectory(node.imageRoot);
  const xml = containerXml(node);
  const firstProcess = firstProcessScript(node);
  const link = linkCalls(node);
  const calls = [
    ...(node.nesting ? [`open_devices ${shellWords([node.domainName])}`] : []),
    ...link.calls,
  ];
  const functions = [
    ...(calls.length > 0 ? ["link.sh"] : []),
    ...(node.nesting ? ["open-devices.sh"] : []),
    ...link.files,
  ];
  const input = createHash("sha256")
    .update([node.imageRoot, firstProcess, xml, ...functions.map(text), ...calls].join("\0"))
    .digest("hex");
  const { console } = containerPaths(node);
  const values = [console, node.imageRoot, input, seedInNode, firstProcessInNode];
  return [
    shellScript(
      __dirname,
      ["node.sh", "explain.sh", "boot.sh", ...functions],
      [...nodeValues(node), ...values],
    ),
    printingFunction("first_process", firstProcess),
    printingFunction("domain_xml", xml),
    [
      "after_start() {",
      ...(calls.length === 0 ? [":"] : calls).map((call) => `  ${call}`),
      "}",
    ].join("\n"),
    text("create.sh"),
  ].join("\n");
}

const text = (name: string) => shellFile(__dirname, name);
