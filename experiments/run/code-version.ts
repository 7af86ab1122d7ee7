import { execa } from "execa";
import { repoRoot } from "../../base/paths";
import type { Provenance } from "../../store/provenance";

/**
 * What can change a figure, below the project's root: sources, images, toolchain and the versions of
 * packages. Not the stacks' files, whose content is a condition of its own (spec, tuple), not
 * nix/, whose images have their own keys, and neither docs nor tests nor results.
 */
export const codePaths = [
  "analysis",
  "base",
  "bin",
  "campaigns",
  "cli",
  "experiments",
  "host",
  "images",
  "infra",
  "spec",
  "store",
  "toolchain",
  "workloads",
  "Pulumi.yaml",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
] as const;

const pathspec = [...codePaths, ":(exclude)*.md"];

/**
 * The last commit that changed the code, and whether the code differs from it now. A new file counts
 * too: migrations, images and traces are read by directory. Null where there is no checkout.
 */
export async function codeVersion(
  root: string = repoRoot,
): Promise<Pick<Provenance, "codeHash" | "codeDirty">> {
  const git = (...words: string[]) =>
    execa("git", ["-C", root, ...words, "--", ...pathspec], { timeout: 10_000, stdin: "ignore" });
  try {
    const [commit, status] = await Promise.all([
      git("rev-list", "--max-count=1", "HEAD"),
      git("status", "--porcelain", "--untracked-files=all"),
    ]);
    return { codeHash: commit.stdout || null, codeDirty: status.stdout !== "" };
  } catch {
    // No git, or not a checkout: an installed package is not a fault.
    return { codeHash: null, codeDirty: null };
  }
}
