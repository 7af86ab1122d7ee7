/** What was read of a directory that is meant to be an image. */
export interface SeenImage {
  /** Names of the artefacts that are there. */
  readonly artefacts: ReadonlySet<string>;
  /** Text of manifest.json; undefined where there is none. */
  readonly manifest: string | undefined;
  /** Undefined where there is no tree. */
  readonly tree: SeenTree | undefined;
}

export interface SeenTree {
  /** Debian's name of the architecture of a program in it; undefined where none was found to tell it by. */
  readonly architecture: string | undefined;
  /** Of the paths that must not be there, those that are; host keys too. */
  readonly present: readonly string[];
  /** Text of /etc/machine-id; empty where there is none. */
  readonly machineId: string;
  /** Paths of programs that a workload needs, to whether they are there. */
  readonly programs: ReadonlyMap<string, boolean>;
  /**
   * What a node makes of its own configuration; undefined in a tree whose /etc is made when it first
   * boots, as NixOS does: only a node that runs shows it.
   */
  readonly system: SeenSystem | undefined;
}

export interface SeenSystem {
  /** Account to "uid gid". */
  readonly accounts: ReadonlyMap<string, string>;
  /** Accounts with a password, or with an empty one. */
  readonly passwords: readonly string[];
  /** By the name of the contract. */
  readonly commands: ReadonlyMap<string, SeenCommand>;
  /** By the name without `.service`. */
  readonly units: ReadonlyMap<string, UnitState>;
  /** Files of the contract that are not there. */
  readonly missingFiles: readonly string[];
}

/** `at boot`: a link to where programs are put when the node boots. */
export type SeenCommand =
  | "missing"
  | "at boot"
  | { readonly mode: number; readonly uid: number; readonly gid: number };

export type UnitState = "enabled" | "disabled" | "masked" | "missing";
