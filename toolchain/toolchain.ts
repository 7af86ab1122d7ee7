import type { Reporter } from "../base/reporter";
import type { Source } from "./source";

export interface Toolchain {
  readonly source: Source;
  /** Absolute path of the CLI. */
  readonly pulumi: string;
  /** What has to come first on PATH. */
  readonly pathDirs: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly versions: {
    readonly pulumi: string;
    /** Set where the language host has another version than the CLI. */
    readonly nodejsHost?: string;
    readonly libvirt: string;
    readonly command: string;
  };
}

/** What a source of a toolchain is given; it says why before it declines by returning null. */
export interface SourceContext {
  readonly report: Reporter;
  readonly decline: (reason: string) => void;
}
