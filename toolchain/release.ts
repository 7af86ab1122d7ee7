import { rm } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../base/failure";
import type { Reporter } from "../base/reporter";
import { cached } from "./cache";
import { download, fetchText } from "./download";
import { pins } from "./pins";
import { run } from "./run";
import type { SourceContext } from "./toolchain";

const base = `https://github.com/pulumi/pulumi/releases/download/v${pins.pulumi}`;

/** Name of the release's archive for this host; null where Pulumi publishes none. */
export function archiveName(platform: string, architecture: string): string | null {
  const system = { linux: "linux", darwin: "darwin" }[platform];
  const processor = { x64: "x64", arm64: "arm64" }[architecture];
  if (system === undefined || processor === undefined) return null;
  return `pulumi-v${pins.pulumi}-${system}-${processor}.tar.gz`;
}

/** The SHA-256 of `name` in a list of "<sum>  <name>" lines. */
export function checksumOf(name: string, list: string): string | null {
  for (const line of list.split("\n")) {
    const [sum, file] = line.trim().split(/\s+\*?/);
    if (file === name && sum !== undefined && /^[0-9a-f]{64}$/.test(sum)) return sum;
  }
  return null;
}

/** Path of the released CLI; null when the release host does not answer in time. */
export async function releasedPulumi({ report, decline }: SourceContext): Promise<string | null> {
  const name = archiveName(process.platform, process.arch);
  if (name === null) {
    decline(`Pulumi publishes no release for ${process.platform} on ${process.arch}`);
    return null;
  }
  try {
    const directory = await cached(`release-${pins.pulumi}`, (partial) =>
      downloadArchive(name, partial, report),
    );
    return path.join(directory, "pulumi");
  } catch (error) {
    if (error instanceof Failure) {
      decline(error.message);
      return null;
    }
    throw error;
  }
}

async function downloadArchive(name: string, directory: string, report: Reporter): Promise<void> {
  const list = await fetchText(`${base}/pulumi-${pins.pulumi}-checksums.txt`);
  const expected = checksumOf(name, list);
  if (expected === null) throw new Failure(`the release's checksums do not list ${name}`);
  const archive = path.join(directory, name);
  await download(`${base}/${name}`, archive, expected, report);
  await run("tar", ["-xzf", archive, "--strip-components=1", "-C", directory]);
  await rm(archive);
}
