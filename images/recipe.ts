import type { SchedulerKind } from "../spec/scheduler";

/** A role bears the name of the scheduler whose nodes boot it. */
export type ImageRole = SchedulerKind;

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

/** A program that toolchain/ fetches or builds. */
export interface ImageProgram {
  readonly name: string;
  readonly version: string;
  /** Content key of its pinned sources. */
  readonly sources: string;
}

/** A member of a container image's only layer; its directories are named before their members. */
export type LayerEntry =
  | { readonly kind: "directory"; readonly path: string; readonly mode: number }
  | { readonly kind: "link"; readonly path: string; readonly target: string }
  | { readonly kind: "program"; readonly path: string; readonly program: string };

/** A container image that is in the tree as an OCI archive, so that no node pulls anything. */
export interface ContainerImage {
  readonly reference: string;
  /** File name below /usr/share/schedlab/oci. */
  readonly archive: string;
  readonly layer: readonly LayerEntry[];
  readonly entrypoint: readonly string[];
  readonly environment: readonly string[];
}

/** Files that are copied from a folder of a pinned Go module. */
export interface ModuleFiles {
  /** Folder with go.mod and go.sum, as in toolchain/binaries.ts. */
  readonly module: string;
  readonly dependency: string;
  readonly version: string;
  readonly from: string;
  readonly to: string;
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
  /** What does not come from packages; absent in a role that has none, which keeps its key. */
  readonly built?: {
    readonly programs: readonly ImageProgram[];
    /** Of `programs`, those in /usr/local/bin. */
    readonly installed: readonly string[];
    readonly containerImages: readonly ContainerImage[];
    readonly moduleFiles: readonly ModuleFiles[];
  };
  /** What no suite holds and the user provides; absent in a role that needs nothing of the kind. */
  readonly outside?: {
    readonly hash: string;
    /** Name to version. */
    readonly packages: Readonly<Record<string, string>>;
    /** Programs that run as root, whoever starts them. */
    readonly setuid: readonly string[];
  };
  readonly links?: readonly { readonly path: string; readonly target: string }[];
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
