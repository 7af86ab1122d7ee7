import { cp, mkdir, readFile, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { repoRoot } from "../base/paths";
import { cached } from "./cache";
import { contentKey } from "./key";
import { pins } from "./pins";
import { run } from "./run";

const sdksDir = path.join(repoRoot, "sdks");
const target = path.join(sdksDir, "libvirt");
const link = path.join(repoRoot, "node_modules", "@pulumi", "libvirt");
const stamp = ".schedlab-key";

/** Writes the SDK's TypeScript sources into an empty directory and says where its package.json is. */
export type SdkWriter = (directory: string) => Promise<string>;

/**
 * Puts the compiled SDK into sdks/libvirt and links it as @pulumi/libvirt. `origin` says what wrote
 * it: the same origin has the same API, so the SDK is made once and kept in the cache.
 */
export async function ensureLibvirtSdk(
  origin: Readonly<Record<string, string>>,
  write: SdkWriter,
): Promise<void> {
  const key = contentKey({ files: {}, facts: { ...origin, typescript: compilerVersion() } });
  const installed = await readFile(path.join(target, stamp), "utf8").catch(() => "");
  if (installed !== key) {
    const compiled = await cached(`libvirt-sdk-${key}`, (directory) => compile(write, directory));
    await install(compiled, key);
  }
  await ensureLink();
}

function compilerVersion(): string {
  return (require("typescript/package.json") as { version: string }).version;
}

/** Compiled inside the repository, where @pulumi/pulumi resolves. */
async function compile(write: SdkWriter, output: string): Promise<void> {
  const scratch = path.join(sdksDir, `.libvirt-source-${process.pid}`);
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  try {
    const source = await write(scratch);
    const config = {
      compilerOptions: {
        target: "es2022",
        module: "nodenext",
        moduleResolution: "nodenext",
        declaration: true,
        skipLibCheck: true,
        types: ["node"],
        rootDir: ".",
        outDir: output,
      },
      include: ["**/*.ts"],
      exclude: ["scripts"],
    };
    await writeFile(path.join(source, "tsconfig.json"), JSON.stringify(config));
    const compiler = require.resolve("typescript/bin/tsc");
    await run(process.execPath, [compiler, "-p", source], {
      failure: "the generated @pulumi/libvirt SDK does not compile",
      minutes: 5,
    });
    await writeFile(path.join(output, "package.json"), await packageJson(source));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The generated package.json beside the compiled files, where they look for it. */
async function packageJson(source: string): Promise<string> {
  const generated = JSON.parse(await readFile(path.join(source, "package.json"), "utf8")) as {
    version?: string;
    pulumi?: object;
  };
  const version = /^\d/.test(generated.version ?? "") ? generated.version : pins.libvirt;
  return JSON.stringify(
    {
      name: "@pulumi/libvirt",
      version,
      private: true,
      main: "index.js",
      types: "index.d.ts",
      pulumi: { version, ...generated.pulumi },
    },
    null,
    2,
  );
}

async function install(compiled: string, key: string): Promise<void> {
  const partial = path.join(sdksDir, `.libvirt-${process.pid}`);
  await mkdir(sdksDir, { recursive: true });
  await cp(compiled, partial, { recursive: true });
  await writeFile(path.join(partial, stamp), key);
  await rm(target, { recursive: true, force: true });
  await rename(partial, target);
}

async function ensureLink(): Promise<void> {
  const relative = path.relative(path.dirname(link), target);
  if ((await readlink(link).catch(() => null)) === relative) return;
  await rm(link, { recursive: true, force: true });
  await mkdir(path.dirname(link), { recursive: true });
  await symlink(relative, link);
}
