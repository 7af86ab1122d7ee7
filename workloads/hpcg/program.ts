import { constants } from "node:fs";
import { access, open } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../../base/failure";
import type { HpcgWorkload } from "../../spec/workload";
import type { HpcgProgram } from "../task";
import { directoryHash } from "./hash";
import { hpcgProgram } from "./plan";

const remedy =
  "HPCG is in no Debian suite. Build HPCG 3.1 for x86-64 against Open MPI 5 (on Debian trixie, " +
  "which is what the nodes run), and set program.directory of this workload to the directory that " +
  "holds xhpcg, or put it into the packages of image.packages and set program.installed to its path there.";

/** Where HPCG comes from. Throws Failure saying what to provide when it is not set, or set twice. */
export async function hpcgSource(
  { directory, installed }: HpcgWorkload["program"],
  relativeTo: string,
): Promise<HpcgProgram> {
  if (installed === undefined) {
    const absolute = await hpcgDirectory(directory, relativeTo);
    return { from: "directory", directory: absolute, hash: await directoryHash(absolute) };
  }
  if (directory === undefined) return { from: "image", path: installed };
  throw new Failure("the workload hpcg has program.directory and program.installed", {
    remedy: "keep the one that says where HPCG is",
  });
}

/**
 * The directory that holds HPCG, as an absolute path. Throws Failure saying what to provide when it
 * is not set, or holds no program that the nodes could start.
 */
export async function hpcgDirectory(
  directory: string | undefined,
  relativeTo: string,
): Promise<string> {
  if (directory === undefined) {
    throw new Failure("the workload hpcg needs HPCG, and program.directory is not set", { remedy });
  }
  const absolute = path.resolve(relativeTo, directory);
  const file = path.join(absolute, hpcgProgram);
  try {
    await access(file, constants.R_OK | constants.X_OK);
  } catch (error) {
    throw new Failure(`the workload hpcg needs HPCG: ${file} is no program`, {
      remedy,
      cause: error,
    });
  }
  if (!(await isElf(file))) {
    throw new Failure(`the workload hpcg needs HPCG: ${file} is no Linux program (ELF)`, {
      remedy,
    });
  }
  return absolute;
}

async function isElf(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.toString("latin1") === "\x7fELF";
  } catch {
    // For example, a directory.
    return false;
  } finally {
    await handle.close();
  }
}
