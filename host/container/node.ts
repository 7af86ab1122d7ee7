import path from "node:path";
import { Failure } from "../../base/failure";

/** One cluster node as a container of libvirt's LXC driver. */
export interface ContainerNode {
  /** libvirt's name of the domain, such as `schedlab-dev-node01`. */
  readonly domainName: string;
  /** Unpacked image tree; read only, shared by all nodes as the overlay's lower directory. */
  readonly imageRoot: string;
  /** Directory of the stack; each node has a directory of its own below it. */
  readonly stateDir: string;
  /** Null: no interface but the loopback. */
  readonly networkName: string | null;
  readonly mac: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  /** 10⁶ bit/s each way; null: not limited. Give it only where `shapingSupport` says yes. */
  readonly bandwidthMbps: number | null;
  /** Delay of what the node sends; null: none. Give it only where `shapingSupport` says yes. */
  readonly latencyUs: number | null;
  /** Whether the node runs containers of its own, which takes more rights and control groups. */
  readonly nesting: boolean;
}

/** What is enough to find, examine and delete a node. */
export type ContainerPlace = Pick<ContainerNode, "domainName" | "stateDir">;

export interface ContainerPaths {
  /** All that one node has on disk. */
  readonly dir: string;
  readonly merged: string;
  /** What the node's first process and systemd print. */
  readonly console: string;
  /** What libvirt's controller process of the container prints. */
  readonly controllerLog: string;
}

export function containerPaths(node: ContainerPlace): ContainerPaths {
  const dir = path.join(node.stateDir, node.domainName);
  return {
    dir,
    merged: path.join(dir, "merged"),
    console: path.join(dir, "upper", consoleInNode),
    controllerLog: `/var/log/libvirt/lxc/${node.domainName}.log`,
  };
}

export const consoleInNode = "/var/log/schedlab-console.log";
export const seedInNode = "/etc/schedlab/seed";
export const firstProcessInNode = "/usr/lib/schedlab/node-init";

const domainNamePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** @throws Failure when a name or path cannot be used in a shell or a domain. */
export function assertUsablePlace({ domainName, stateDir }: ContainerPlace): void {
  if (!domainNamePattern.test(domainName)) {
    throw new Failure(`Container name "${domainName}" is not made of a-z, 0-9 and -.`);
  }
  assertUsableDirectory(stateDir);
}

/** @throws Failure when a path cannot be used in a shell or in mount options. */
export function assertUsableDirectory(directory: string): void {
  // The kernel splits an overlay's options at these characters.
  if (path.isAbsolute(directory) && !/[,:\\\n"'&<]/.test(directory)) return;
  throw new Failure(`Directory ${JSON.stringify(directory)} cannot hold containers.`, {
    remedy: "Use an absolute path without comma, colon, backslash, quotes, & and <.",
  });
}
