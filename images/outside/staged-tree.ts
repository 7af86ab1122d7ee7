import { readdir, readFile, readlink, stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { messageOf } from "../../base/thrown";
import { sha256 } from "../../toolchain/download";
import { imageArchitecture, type PackageContents } from "./contents";
import { elfArchitecture } from "./elf";

export const stagedManifest = "manifest.json";

/** What a staged tree may hold: the rest of an image is Debian's, or belongs to the running node. */
const roots = ["usr", "etc", "opt"];

const version = z.string().regex(/^\d[\w.+~:-]*$/, "expected a version such as 0.88.0");

const manifestSchema = z.strictObject({
  packages: z
    .record(z.string().min(1), version)
    .refine((packages) => Object.keys(packages).length > 0, "expected at least one package"),
});

/** A tree as `make install DESTDIR=…` leaves it, with the manifest that names what is in it. */
export async function readStagedTree(
  dir: string,
  names: readonly string[],
): Promise<PackageContents> {
  const problems: string[] = [];
  const versions = await readVersions(dir, problems);
  const strange = names.filter((name) => name !== stagedManifest && !roots.includes(name));
  if (strange.length > 0) {
    const allowed = roots.map((root) => `${root}/`).join(", ");
    problems.push(
      `a staged tree has ${allowed} and ${stagedManifest}, and no ${strange.join(", ")}: build with ` +
        "the prefix /usr and the sysconfdir /etc, and install with DESTDIR",
    );
  }
  const files: string[] = [];
  const content: unknown[] = [];
  for (const root of roots.filter((name) => names.includes(name))) {
    const found = await readdir(path.join(dir, root), { recursive: true, withFileTypes: true });
    for (const entry of found) {
      const file = path.join(entry.parentPath, entry.name);
      const name = path.relative(dir, file);
      if (entry.isSymbolicLink()) {
        content.push([name, "link", await readlink(file)]);
        continue;
      }
      const { mode } = await stat(file);
      if (entry.isDirectory()) {
        content.push([name, "directory", mode]);
      } else if (entry.isFile()) {
        content.push([name, mode, await sha256(file)]);
        files.push(`/${name}`);
        const architecture = await elfArchitecture(file);
        if (architecture !== null && architecture !== imageArchitecture) {
          problems.push(`${name} is built for ${architecture}; nodes are ${imageArchitecture}`);
        }
      } else {
        problems.push(`${name} is neither a file, a directory nor a link`);
      }
    }
  }
  return { debs: [], versions, files, content: sorted(content), problems };
}

async function readVersions(dir: string, problems: string[]): Promise<Record<string, string>> {
  const example = '{"packages": {"NAME": "VERSION", …}}';
  try {
    const text = await readFile(path.join(dir, stagedManifest), "utf8");
    const { error, data } = manifestSchema.safeParse(JSON.parse(text));
    if (error === undefined) return data.packages;
    const wrong = error.issues.map(({ path: at, message }) => `${at.join(".")}: ${message}`);
    problems.push(`${stagedManifest} is not of the form ${example}: ${wrong.join("; ")}`);
  } catch (error) {
    problems.push(`${stagedManifest} has to be ${example}: ${messageOf(error)}`);
  }
  return {};
}

/** File systems list a directory's entries in an order of their own. */
function sorted(content: readonly unknown[]): unknown[] {
  return [...content].sort((left, right) =>
    JSON.stringify(left) < JSON.stringify(right) ? -1 : 1,
  );
}
