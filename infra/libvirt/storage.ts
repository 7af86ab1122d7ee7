import path from "node:path";
import * as libvirt from "@pulumi/libvirt";
import type * as pulumi from "@pulumi/pulumi";

/** Everything that a stack keeps on the hypervisor's disk lies below this directory. */
export function stackDirectory(clusterName: string): string {
  return path.posix.join("/var/lib/schedlab", clusterName);
}

/** A directory pool of the stack's own, which `pulumi destroy` removes with all that is in it. */
export function createPool(
  clusterName: string,
  options: pulumi.CustomResourceOptions,
): libvirt.Pool {
  return new libvirt.Pool(
    "pool",
    { name: clusterName, type: "dir", target: { path: stackDirectory(clusterName) } },
    { ...options, deleteBeforeReplace: true },
  );
}
