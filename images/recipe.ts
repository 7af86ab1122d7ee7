import { slurmRecipe } from "./roles/slurm";

export type ImageRole = "slurm";

/** A file that schedlab adds to a tree; its content is fixed, whatever the node. */
export interface ImageFile {
  readonly path: string;
  readonly mode: number;
  readonly content: string;
}

/** An account whose ids must be the same in the image of either maker. */
export interface ImageAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** Everything that decides what an image holds, as plain data: the content key is taken over it. */
export interface Recipe {
  readonly role: ImageRole;
  readonly suite: string;
  readonly packages: readonly string[];
  /** Globs that dpkg leaves out when it unpacks. */
  readonly exclude: readonly string[];
  readonly accounts: readonly ImageAccount[];
  readonly files: readonly ImageFile[];
  readonly units: {
    readonly enable: readonly string[];
    readonly disable: readonly string[];
    /** Units and generators that never run on a node. */
    readonly mask: readonly string[];
    readonly maskGenerators: readonly string[];
  };
  readonly kernel: {
    /** Metapackage that names the kernel; unpacked, not installed, so that no initrd is made. */
    readonly package: string;
    /** Modules unpacked in the tree, so that no guest has to decompress them. */
    readonly plainModules: readonly string[];
    readonly arguments: string;
  };
  readonly initrd: {
    /** Package that holds the static shell. */
    readonly package: string;
    /** Loaded in this order before the root is mounted, with what they depend on. */
    readonly modules: readonly string[];
    readonly init: string;
  };
  /** Shell script that runs on the host as the last step, with the tree as its first argument. */
  readonly finish: string;
  readonly disk: {
    /** Virtual size; a node's overlay may be larger, and the node grows into it. */
    readonly sizeGiB: number;
    readonly mkfsOptions: readonly string[];
  };
}

const recipes: Record<ImageRole, () => Recipe> = {
  slurm: slurmRecipe,
};

export const imageRoles = Object.keys(recipes) as ImageRole[];

export function imageRecipe(role: ImageRole): Recipe {
  return recipes[role]();
}
