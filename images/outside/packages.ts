import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { canonicalJson } from "../../base/canonical-json";
import { Failure } from "../../base/failure";
import { sha256 } from "../../toolchain/download";

/** Packages that no Debian suite holds, as a directory that the user provides. */
export interface OutsidePackages {
  readonly dir: string;
  /** Absolute paths of the .deb files; none in a staged tree. */
  readonly debs: readonly string[];
  /** Name to version. */
  readonly versions: Readonly<Record<string, string>>;
  /** Content key of everything in the directory: the same content gives the same key in any place. */
  readonly hash: string;
}

export const stagedManifest = "manifest.json";

const stagedManifestSchema = z.strictObject({
  packages: z.record(z.string().min(1), z.string().min(1)),
});

/** @throws Failure when the directory holds neither .deb files nor a staged tree with its manifest. */
export async function readOutsidePackages(dir: string): Promise<OutsidePackages> {
  const names = await readdir(dir).catch((cause: unknown) => {
    throw new Failure(`${dir} is not a directory of packages`, { cause });
  });
  const debs = names.filter((name) => name.endsWith(".deb")).sort();
  return debs.length > 0
    ? readDebs(
        dir,
        debs.map((name) => path.join(dir, name)),
      )
    : readStagedTree(dir);
}

async function readDebs(dir: string, debs: readonly string[]): Promise<OutsidePackages> {
  const versions: Record<string, string> = {};
  const sums: string[] = [];
  for (const deb of debs) {
    const format = "--showformat=$" + "{Package} $" + "{Version}";
    const { stdout } = await execa("dpkg-deb", ["--show", format, deb]);
    const [name = "", version = ""] = stdout.split(" ");
    versions[name] = version;
    sums.push(await sha256(deb));
  }
  return { dir, debs, versions, hash: digest(sums.sort()) };
}

async function readStagedTree(dir: string): Promise<OutsidePackages> {
  const manifest = await readFile(path.join(dir, stagedManifest), "utf8");
  const { packages } = stagedManifestSchema.parse(JSON.parse(manifest));
  const entries = await readdir(dir, { recursive: true });
  const described: unknown[] = [];
  for (const name of entries.filter((name) => name !== stagedManifest).sort()) {
    const file = path.join(dir, name);
    const stat = await lstat(file);
    if (stat.isSymbolicLink()) described.push([name, await readlink(file)]);
    else described.push([name, stat.mode, stat.isFile() ? await sha256(file) : null]);
  }
  return { dir, debs: [], versions: packages, hash: digest(described) };
}

function digest(content: unknown): string {
  return createHash("sha256").update(canonicalJson(content)).digest("hex");
}
