import path from "node:path";
import { execa } from "execa";
import { sha256 } from "../../toolchain/download";
import { imageArchitecture, type PackageContents } from "./contents";

interface Deb {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly files: readonly string[];
}

/** Packages of debugging symbols, which `dpkg-buildpackage` makes beside the others. */
const symbols = /-dbgsym_[^/]*\.deb$/;

export async function readDebs(dir: string, names: readonly string[]): Promise<PackageContents> {
  const problems: string[] = [];
  const versions: Record<string, string> = {};
  const files: string[] = [];
  const sums: string[] = [];
  const debs = names.filter((name) => !symbols.test(name)).map((name) => path.join(dir, name));
  for (const file of debs) {
    const deb = await readDeb(file);
    const base = path.basename(file);
    if (typeof deb === "string") {
      problems.push(`${base} is broken: ${deb}`);
      continue;
    }
    if (![imageArchitecture, "all"].includes(deb.architecture)) {
      problems.push(`${base} is built for ${deb.architecture}; nodes are ${imageArchitecture}`);
    }
    const other = versions[deb.name];
    if (other !== undefined) {
      problems.push(`${deb.name} is there in two versions, ${other} and ${deb.version}: keep one`);
    }
    versions[deb.name] = deb.version;
    files.push(...deb.files);
    sums.push(await sha256(file));
  }
  return { debs, versions, files, content: sums.sort(), problems };
}

/** What a package says of itself, or what is wrong with it. Unpacks it once, so that it is whole. */
async function readDeb(file: string): Promise<Deb | string> {
  const format = ["Package", "Version", "Architecture"].map((name) => `$\{${name}}\\n`).join("");
  const options = { reject: false, stdin: "ignore" } as const;
  const control = await execa("dpkg-deb", [`--showformat=${format}`, "--show", file], options);
  if (control.failed) return reason(control);
  const [name = "", version = "", architecture = ""] = control.stdout.split("\n");
  const list = 'set -o pipefail; dpkg-deb --fsys-tarfile "$0" | tar --list --quoting-style=literal';
  const contents = await execa("bash", ["-c", list, file], options);
  if (contents.failed) return reason(contents);
  const files = contents.stdout
    .split("\n")
    .filter((entry) => !entry.endsWith("/"))
    .map((entry) => path.join("/", entry));
  return { name, version, architecture, files };
}

function reason({ stderr }: { readonly stderr: string }): string {
  return stderr.trim().split("\n")[0] || "dpkg-deb cannot read it";
}
