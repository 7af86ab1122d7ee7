import * as command from "@pulumi/command";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { stackDirectory } from "../../host/owner";
import { projectDirectory } from "../experiment";

// QEMU's own user must be able to enter it, and nobody else, because the nodes' seeds hold their
// host keys.
const closeDirectory = (directory: string) => `set -eu
owner=$(id -u libvirt-qemu 2>/dev/null || id -u qemu 2>/dev/null || echo 0)
chown "$owner" '${directory}'
chmod 0700 '${directory}'
`;

/**
 * libvirt removes a pool's directory only when it is empty, and an `up` that was killed may have left a
 * container that no state knows.
 */
const emptyDirectory = (directory: string, stack: string) => `set -eu
rm -f -- '${directory}'/*.console
left=$(find '${directory}' -mindepth 1 -maxdepth 1 -type d -print -quit 2>/dev/null || true)
[ -z "$left" ] || exec node bin/schedlab.js clean --containers --within-pulumi --yes --stack ${stack}
`;

/** The stack's own directory on the hypervisor. */
export interface Storage {
  readonly pool: libvirt.Pool;
  /** In force when the directory is closed to other users. */
  readonly closed: command.local.Command;
}

/** A directory pool of the stack's own, which `pulumi destroy` removes with all that is in it. */
export function createStorage(clusterName: string, options: pulumi.CustomResourceOptions): Storage {
  const path = stackDirectory(clusterName);
  const pool = new libvirt.Pool(
    "pool",
    { name: clusterName, type: "dir", target: { path } },
    { ...options, deleteBeforeReplace: true },
  );
  const closed = new command.local.Command(
    "pool-closed",
    {
      create: closeDirectory(path),
      delete: emptyDirectory(path, pulumi.getStack()),
      dir: projectDirectory,
      triggers: [pool.id],
    },
    { ...options, dependsOn: [pool], deleteBeforeReplace: true },
  );
  return { pool, closed };
}
