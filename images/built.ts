import { chmod, copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Report } from "../base/report";
import { sha256 } from "../toolchain/download";
import { dependencyDir } from "../toolchain/go";
import { ensurePrograms } from "../toolchain/programs";
import { writeContainerImage } from "./oci";
import { imagePrograms, type ModuleFiles, type Recipe } from "./recipe";

/** What a manifest says of a program: two sources of one version may perform differently. */
export interface ProgramOrigin {
  readonly version: string;
  readonly source: "release" | "built";
  /** Content key of the build, compiler included; the version for a release. */
  readonly key: string;
}

const archivesDir = "usr/share/schedlab/oci";

/**
 * Puts into `stage` what a recipe takes from elsewhere than packages: programs, container images,
 * files of modules. Fetches or builds what the cache lacks.
 * @throws Failure when something cannot be had.
 */
export async function stageBuilt(
  recipe: Recipe,
  stage: string,
  report: Report,
): Promise<Record<string, ProgramOrigin> | undefined> {
  const { built, role } = recipe;
  if (built === undefined) return undefined;
  const files = await ensurePrograms(imagePrograms(role), report);
  const paths = new Map([...files].map(([name, file]) => [name, file.path]));

  const bin = path.join(stage, "usr/local/bin");
  await mkdir(bin, { recursive: true });
  for (const name of built.installed) await copyProgram(paths, name, path.join(bin, name));

  const archives = path.join(stage, archivesDir);
  const scratch = `${stage}-oci`;
  await mkdir(archives, { recursive: true });
  const sums: string[] = [];
  for (const image of built.containerImages) {
    const archive = path.join(archives, image.archive);
    await writeContainerImage(image, paths, archive, scratch);
    sums.push(`${await sha256(archive)}  ${image.archive}\n`);
  }
  await rm(scratch, { recursive: true, force: true });
  await writeFile(path.join(archives, "SHA256SUMS"), sums.join(""));

  for (const source of built.moduleFiles) await copyModuleFiles(source, stage);

  return Object.fromEntries(
    built.programs.map(({ name, version }) => {
      const { source, key } = fileOf(files, name);
      return [name, { version, source, key }];
    }),
  );
}

function fileOf<T>(files: ReadonlyMap<string, T>, name: string): T {
  const file = files.get(name);
  if (file === undefined) throw new TypeError(`no program ${name}`);
  return file;
}

async function copyProgram(paths: ReadonlyMap<string, string>, name: string, target: string) {
  await copyFile(fileOf(paths, name), target);
  await chmod(target, 0o755);
}

async function copyModuleFiles({ module, dependency, from, to }: ModuleFiles, stage: string) {
  const source = path.join(await dependencyDir(module, dependency), from);
  const target = path.join(stage, to);
  await mkdir(target, { recursive: true });
  for (const name of await readdir(source)) {
    await copyFile(path.join(source, name), path.join(target, name));
    await chmod(path.join(target, name), 0o644);
  }
}
