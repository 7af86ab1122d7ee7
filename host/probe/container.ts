import path from "node:path";
import { execa } from "execa";
import { Failure } from "../../base/failure";
import { containerCreateScript } from "../container/create";
import { containerDeleteScript } from "../container/delete";
import { explainFunction } from "../container/explain";
import type { ContainerNode } from "../container/node";
import { probeDomain, stacksDirectory } from "../owner";

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
  const tried = await execa("bash", ["-c", probeScript(imageDir)], {
    reject: false,
    input: "schedlab-seed 1\nend\n",
    timeout: wholeSeconds * 1000,
  });
  if (!tried.failed) return;
  const lines = tried.stderr.trim().split("\n");
  const reason = tried.timedOut
    ? `the container did not come up and go within ${wholeSeconds} s`
    : lines.at(-1) || tried.shortMessage || "failed";
  throw new Failure(reason, { detail: lines.slice(-40).join("\n"), cause: tried });
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
  return `mkdir -p ${stateDir}
exec 8< ${stateDir}
flock -w ${wholeSeconds} 8 || { echo "another probe is running" >&2; exit 1; }
remove() {
${indentedSubshell(containerDeleteScript(node))}
}
${indentedSubshell(containerCreateScript(node))}
[ $? = 0 ] || exit 1
controller=$(cat /run/libvirt/lxc/${node.domainName}.pid)
init=$(cut -d' ' -f1 "/proc/$controller/task/$controller/children")
state=failed
for try in $(seq ${upSeconds * 10}); do
  state=$(nsenter --target "$init" --mount --pid timeout ${upSeconds} systemctl is-system-running --wait 2> /dev/null)
  case $state in running | degraded) break ;; esac
  sleep 0.1
done
${explainFunction(node)}
case $state in
  running | degraded) ;;
  *) explain_node >&2; remove; echo "its service manager says \\"$state\\" after ${upSeconds} s" >&2; exit 1 ;;
esac
remove && rmdir ${stateDir}
`;
}

function indentedSubshell(script: string): string {
  return `(\n${script})`;
}
