import path from "node:path";
import { execa } from "execa";
import { Failure } from "../../base/failure";
import type { Recipe } from "../recipe";
import { elfArchitecture } from "./elf";
import type { OutsidePackages } from "./packages";

/** Reads paths, and says for each what the dynamic linker of the tree makes of it. */
const askLinker = `while IFS= read -r file; do
  ldd "$file" </dev/null 2>&1 | while IFS= read -r line; do printf '%s\\t%s\\n' "$file" "$line"; done
done`;

/**
 * Checks that the tree holds every library, in the version of its symbols, that the packages from
 * outside want: what was built on another suite would fail on the nodes one program at a time.
 * @throws Failure with all that is missing.
 */
export async function checkLibraries(
  recipe: Pick<Recipe, "role" | "suite">,
  root: string,
  { dir, files }: Pick<OutsidePackages, "dir" | "files">,
): Promise<void> {
  const programs: string[] = [];
  for (const file of files) {
    // dpkg leaves out what the recipe excludes.
    const architecture = await elfArchitecture(path.join(root, file)).catch(() => null);
    if (architecture !== null) programs.push(file);
  }
  const { stdout } = await execa("chroot", [root, "sh", "-c", askLinker], {
    input: `${programs.join("\n")}\n`,
  });
  const missing = missingLibraries(stdout);
  if (missing.length === 0) return;
  throw new Failure(
    `the packages in ${dir} want libraries that Debian ${recipe.suite} and the ${recipe.role} image ` +
      "do not hold",
    {
      remedy: `build them on Debian ${recipe.suite}, which is what the nodes run`,
      detail: missing.join("\n"),
    },
  );
}

/** From lines of a file, a tab and what ldd said of it: each library with the files that want it. */
export function missingLibraries(said: string): string[] {
  const wanted = new Map<string, string[]>();
  for (const line of said.split("\n")) {
    const [file = "", word = ""] = line.split("\t").filter(Boolean);
    const [, library, version] = /^\s*(\S+) => not found|version `(.+)' not found/.exec(word) ?? [];
    const what = library ?? version;
    if (what === undefined) continue;
    wanted.set(what, [...new Set([...(wanted.get(what) ?? []), file])]);
  }
  return [...wanted].map(([what, [first, ...others]]) => {
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    return `${what}, wanted by ${first}${more}`;
  });
}
