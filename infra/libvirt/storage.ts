import * as command from "@pulumi/command";
import * as libvirt from "@pulumi/libvirt";
import type * as pulumi from "@pulumi/pulumi";
import { stackDirectory } from "../../host/owner";

// QEMU's own user must be able to enter it, and nobody else, because the nodes' seeds hold their
// host keys.
const closeDirectory = (directory: string) => `set -eu
owner=$(id -u libvirt-qemu 2>/dev/null || id -u qemu 2>/dev/null || echo 0)
chown "$owner" '${directory}'
chmod 0700 '${directory}'
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
      // libvirt removes a pool's directory only when it is empty.
      delete: `rm -f -- '${path}'/*.console`,
      triggers: [pool.id],
    },
    { ...options, dependsOn: [pool], deleteBeforeReplace: true },
  );
  return { pool, closed };
}
