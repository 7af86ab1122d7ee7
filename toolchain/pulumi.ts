import { Failure } from "../base/failure";
import type { Reporter } from "../base/reporter";
import { builtToolchain, isToolchainBuilt } from "./built";
import { type Forced, forcedSource, type Source, sourcesToTry } from "./source";
import { installedToolchain, releaseToolchain } from "./stock";
import type { SourceContext, Toolchain } from "./toolchain";

type Way = (context: SourceContext) => Promise<Toolchain | null>;

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
  report: Reporter;
  forced?: Forced;
}): Promise<Toolchain> {
  const isBuilt = await isToolchainBuilt();
  const reasons: string[] = [];
  for (const source of sourcesToTry(forced, isBuilt)) {
    const toolchain = await ways[source]({ report, decline: (reason) => reasons.push(reason) });
    if (toolchain !== null) return toolchain;
    if (!isBuilt) report(reasons.at(-1) ?? "");
  }
  throw new Failure(`SCHEDLAB_TOOLCHAIN=${forced}: this way is not open here`, {
    remedy: "unset SCHEDLAB_TOOLCHAIN to let the others be tried",
    detail: reasons.join("\n"),
  });
}
