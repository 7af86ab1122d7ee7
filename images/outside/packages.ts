import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { canonicalJson } from "../../base/canonical-json";
import { Failure } from "../../base/failure";
import type { PackageContents } from "./contents";
import { readDebs } from "./debs";
import { readStagedTree, stagedManifest } from "./staged-tree";

/** Packages that no Debian suite holds, as a directory that the user provides. */
export interface OutsidePackages extends Omit<PackageContents, "content" | "problems"> {
  readonly dir: string;
  /** Content key: the same packages give the same one in any place. */
  readonly hash: string;
}

/** @throws Failure with every reason why no image can be made of the directory. */
export async function readOutsidePackages(dir: string): Promise<OutsidePackages> {
  const names = await readdir(dir).catch((cause: unknown) => {
    throw unusable(dir, ["it is not a directory that can be read"], cause);
  });
  const debs = names.filter((name) => name.endsWith(".deb")).sort();
  const staged = names.filter((name) => ["usr", "etc", stagedManifest].includes(name));
  if (debs.length === 0 && staged.length === 0) {
    throw unusable(dir, ["it holds neither .deb files nor a staged tree (usr/, manifest.json)"]);
  }
  if (debs.length > 0 && staged.length > 0) {
    throw unusable(dir, [`it holds .deb files and a staged tree (${staged.join(", ")}): keep one`]);
  }
  const read = debs.length > 0 ? readDebs(dir, debs) : readStagedTree(dir, names);
  const { content, problems, ...found } = await read;
  if (problems.length > 0) throw unusable(dir, problems);
  const hash = createHash("sha256").update(canonicalJson(content)).digest("hex");
  return { dir, hash, ...found };
}

/** Reasons beyond this many are only counted: a tree of another architecture has hundreds. */
const shownProblems = 10;

export function unusable(dir: string, problems: readonly string[], cause?: unknown): Failure {
  const shown = problems.slice(0, shownProblems);
  const more = problems.length - shown.length;
  return new Failure(
    [
      `the packages in ${dir} cannot be used:`,
      ...shown.map((problem) => `- ${problem}`),
      ...(more > 0 ? [`- and ${more} more like these`] : []),
    ].join("\n"),
    { cause },
  );
}
