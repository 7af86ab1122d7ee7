import { lstat, readlink } from "node:fs/promises";
import path from "node:path";

/** Where a path in an image's tree leads, links followed as a node would that has the tree as its root. */
export type Inside =
  | { readonly kind: "there" /** On this host. */; readonly file: string }
  | { readonly kind: "missing" }
  /** Into a directory that is empty until the node boots. */
  | { readonly kind: "at boot" /** In the tree. */; readonly target: string };

/** Mounted over on every node. */
const madeAtBoot = /^\/(run|proc|sys|dev)\//;
/** The kernel's limit. */
const mostLinks = 40;

export async function inside(root: string, wanted: string): Promise<Inside> {
  let rest = names(wanted);
  let at: string[] = [];
  for (let links = 0; links <= mostLinks; ) {
    const [name, ...later] = rest;
    if (name === undefined) return { kind: "there", file: path.join(root, ...at) };
    rest = later;
    if (name === "..") {
      at = at.slice(0, -1);
      continue;
    }
    const here = [...at, name];
    const file = path.join(root, ...here);
    const stat = await lstat(file).catch(absent);
    if (stat === undefined) {
      const target = `/${[...here, ...rest].join("/")}`;
      return madeAtBoot.test(target) ? { kind: "at boot", target } : { kind: "missing" };
    }
    if (stat.isSymbolicLink()) {
      links += 1;
      const target = await readlink(file);
      if (target.startsWith("/")) at = [];
      rest = [...names(target), ...rest];
    } else at = here;
  }
  return { kind: "missing" };
}

function names(file: string): string[] {
  return file.split("/").filter((name) => name !== "" && name !== ".");
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
  throw error;
}
