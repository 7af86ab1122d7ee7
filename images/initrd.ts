import { readFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { type CpioEntry, cpioArchive } from "../base/cpio";
import type { Recipe } from "./recipe";

/** `modules.dep` of a kernel: each module's path with the paths of what it needs, deepest last. */
export function moduleOrder(modulesDep: string, wanted: readonly string[]): string[] {
  const needs = new Map<string, string[]>();
  for (const line of modulesDep.split("\n")) {
    const [file, rest] = line.split(":");
    if (file && rest !== undefined) needs.set(file, rest.trim().split(/\s+/).filter(Boolean));
  }
  const byName = new Map([...needs.keys()].map((file) => [moduleName(file), file]));
  const ordered = new Set<string>();
  for (const name of wanted) {
    const file = byName.get(name);
    // Not among the modules: built into the kernel.
    if (!file) continue;
    for (const needed of [...(needs.get(file) ?? [])].reverse()) ordered.add(needed);
    ordered.add(file);
  }
  return [...ordered];
}

export function moduleName(file: string): string {
  return path
    .basename(file)
    .replace(/\.ko(\.\w+)?$/, "")
    .replaceAll("-", "_");
}

async function plainModule(file: string): Promise<Buffer> {
  if (!file.endsWith(".xz")) return readFile(file);
  const { stdout } = await execa("xz", ["-dc", file], { encoding: "buffer" });
  return Buffer.from(stdout);
}

/** The initrd of a machine: a static shell, one script, and the few modules that the root needs. */
export async function makeInitrd(recipe: Recipe, root: string, release: string): Promise<Buffer> {
  const modulesDir = path.join(root, "usr/lib/modules", release);
  const modulesDep = await readFile(path.join(modulesDir, "modules.dep"), "utf8");
  const order = moduleOrder(modulesDep, recipe.initrd.modules);
  const modules = await Promise.all(
    order.map(async (file) => ({
      path: `modules/${moduleName(file)}.ko`,
      mode: 0o644,
      data: await plainModule(path.join(modulesDir, file)),
    })),
  );
  const directories = ["bin", "dev", "modules", "proc", "root", "sys"];
  const entries: CpioEntry[] = [
    ...directories.map((name) => ({ path: name, mode: 0o755 })),
    {
      path: "bin/busybox",
      mode: 0o755,
      data: await readFile(path.join(root, "usr/lib/schedlab/busybox")),
    },
    { path: "init", mode: 0o755, data: Buffer.from(recipe.initrd.init) },
    {
      path: "modules/order",
      mode: 0o644,
      data: Buffer.from(`${order.map(moduleName).join("\n")}\n`),
    },
    ...modules,
  ];
  return cpioArchive(entries);
}
