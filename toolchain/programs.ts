import { existsSync } from "node:fs";
import { chmod } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../base/failure";
import type { Report } from "../base/report";
import type { Binary } from "./binaries";
import { ensureBinary, isBuilt } from "./build";
import { cached, toolchainDir } from "./cache";
import { download, fetchText } from "./download";
import { type Forced, forcedSource } from "./source";

/** A program of an image with the version that it has. */
export interface Program {
  readonly binary: Binary;
  readonly version: string;
  /** Address of its release for a platform of Node's, null where there is none; absent: nobody publishes it. */
  readonly releaseUrl?: (platform: string, architecture: string) => string | null;
}

/** The one SHA-256 in a published checksum file. @throws Failure when there is none. */
export function publishedChecksum(text: string): string {
  const sum = text.trim().split(/\s+/)[0] ?? "";
  if (!/^[0-9a-f]{64}$/.test(sum)) throw new Failure("the published checksum is not a SHA-256");
  return sum;
}

export interface ProgramFile {
  readonly path: string;
  readonly key: string;
  readonly source: "release" | "built";
}

const releaseKey = ({ version }: Program) => `release-${version}`;

/**
 * Programs by name, from their release host when it answers, else built. What has been built
 * is taken without asking; a host that did not answer is not asked for the next program.
 * SCHEDLAB_TOOLCHAIN=release or =built forces a way.
 * @throws Failure when a program cannot be had.
 */
export async function ensurePrograms(
  programs: readonly Program[],
  report: Report,
  forced: Forced = forcedSource(process.env),
): Promise<ReadonlyMap<string, ProgramFile>> {
  const files = new Map<string, ProgramFile>();
  let ask = forced !== "built";
  for (const [index, program] of programs.entries()) {
    const { binary, releaseUrl } = program;
    if (releaseUrl !== undefined && ask && (forced === "release" || !(await isBuilt(binary)))) {
      try {
        files.set(binary.name, await fetchProgram(program, report));
        continue;
      } catch (error) {
        if (!(error instanceof Failure) || forced === "release") throw error;
        report(`${error.message}; building from pinned Go modules`);
        ask = false;
      }
    }
    const ordinal = ` (${index + 1} of ${programs.length})`;
    const { path: file, key } = await ensureBinary(binary, { report, ordinal });
    files.set(binary.name, { path: file, key, source: "built" });
  }
  return files;
}

async function fetchProgram(program: Program, report: Report): Promise<ProgramFile> {
  const url = program.releaseUrl?.(process.platform, process.arch) ?? null;
  if (url === null) {
    throw new Failure(
      `${program.binary.name} is not published for ${process.platform} on ${process.arch}`,
    );
  }
  const { name } = program.binary;
  const key = releaseKey(program);
  const directory = await cached(`${name}-${key}`, async (partial) => {
    const expected = publishedChecksum(await fetchText(`${url}.sha256`));
    const file = path.join(partial, name);
    await download(url, file, expected, report);
    await chmod(file, 0o755);
  });
  return { path: path.join(directory, name), key, source: "release" };
}

/** Names of the programs that would have to be fetched or built first. */
export async function missingPrograms(programs: readonly Program[]): Promise<string[]> {
  const missing: string[] = [];
  for (const program of programs) {
    const { name } = program.binary;
    const fetched = path.join(toolchainDir(), `${name}-${releaseKey(program)}`);
    if (!existsSync(fetched) && !(await isBuilt(program.binary))) missing.push(name);
  }
  return missing;
}
