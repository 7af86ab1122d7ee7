import path from "node:path";
import { Failure } from "../../base/failure";
import { shellFile, shellScript } from "../../base/shell-script";
import { containerCreateScript } from "../container/create";
import { containerDeleteScript } from "../container/delete";
import { type ContainerNode, containerPaths } from "../container/node";
import { probeDomain, stacksDirectory } from "../owner";
import { runHostScript } from "../script";

/** Where the nodes of all stacks live, so that the same file system is tried; no stack has this name. */
const stateDir = `${stacksDirectory}/probe`;

/** Seconds for the node's systemd to say that it has come up. */
const upSeconds = 20;
const wholeSeconds = 90;

/**
 * Starts a container from the image, waits until its service manager has come up, and removes it.
 * @throws Failure with the reason when it does not.
 */
export async function startContainer(imageDir: string): Promise<void> {
  const tried = await runHostScript(probeScript(imageDir), {
    seconds: wholeSeconds,
    input: "schedlab-seed 1\nend\n",
  });
  if (!tried.failed) return;
  const lines = tried.stderr.trim().split("\n");
  const reason = tried.timedOut
    ? `the container did not come up and go within ${wholeSeconds} s`
    : lines.at(-1) || tried.shortMessage || "failed";
  throw new Failure(reason, { detail: lines.slice(-40).join("\n") });
}

/** Degraded is good enough: the probe's seed has no address, so units that want one may fail. */
function probeScript(imageDir: string): string {
  const node: ContainerNode = {
    domainName: probeDomain,
    imageRoot: path.join(imageDir, "root"),
    stateDir,
    networkName: null,
    mac: "",
    vcpus: 1,
    memoryMiB: 256,
    bandwidthMbps: null,
    nesting: false,
    latencyUs: null,
  };
  const { controllerLog, console } = containerPaths(node);
  const explain = shellFile(path.join(__dirname, "../container"), "explain.sh");
  const scripts = [containerCreateScript(node), containerDeleteScript(node)];
  const values = [stateDir, node.domainName, controllerLog, console, upSeconds, wholeSeconds];
  return `${explain}${shellScript(__dirname, ["container.sh"], [...values, ...scripts])}`;
}
