import { Failure } from "../host/failure";
import type { Report } from "../host/report";
import { builtToolchain } from "./built";
import { type Forced, forcedSource, type Source, sourcesToTry } from "./source";
import { installedToolchain, releaseToolchain } from "./stock";

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

/** null: this way is not open here; the reason has been reported. */
type Way = (report: Report) => Promise<Toolchain | null>;

const ways: Record<Source, Way> = {
  installed: installedToolchain,
  release: releaseToolchain,
  built: builtToolchain,
};

/**
 * Pulumi with its language host, both plugins and the @pulumi/libvirt SDK: an installed one, Pulumi's
 * release, or one built from pinned Go modules. SCHEDLAB_TOOLCHAIN names one of them.
 * @throws Failure when no way is open, with the reasons.
 */
export async function ensureToolchain({
  report,
  forced = forcedSource(process.env),
}: {
  report: Report;
  forced?: Forced;
}): Promise<Toolchain> {
  const reasons: string[] = [];
  const note: Report = (line) => {
    reasons.push(line);
    report(line);
  };
  for (const source of sourcesToTry(forced)) {
    const toolchain = await ways[source](source === "built" ? report : note);
    if (toolchain !== null) return toolchain;
  }
  throw new Failure(`SCHEDLAB_TOOLCHAIN=${forced}: this way is not open here`, {
    remedy: "unset SCHEDLAB_TOOLCHAIN to let the others be tried",
    detail: reasons.join("\n"),
  });
}
