import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Failure } from "../host/failure";
import type { Report } from "../host/report";
import { cached } from "./cache";
import { pins } from "./pins";
import { withProgress } from "./progress";
import type { Attempt } from "./pulumi";
import { run } from "./run";

const base = `https://github.com/pulumi/pulumi/releases/download/v${pins.pulumi}`;

const answerSeconds = 5;
const downloadMinutes = 15;

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
export async function releasedPulumi({ report, decline }: Attempt): Promise<string | null> {
  const name = archiveName(process.platform, process.arch);
  if (name === null) {
    decline(`Pulumi publishes no release for ${process.platform} on ${process.arch}`);
    return null;
  }
  try {
    const directory = await cached(`release-${pins.pulumi}`, (partial) =>
      download(name, partial, report),
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

async function request(file: string, seconds: number): Promise<Response> {
  const url = `${base}/${file}`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(seconds * 1000) });
    if (response.ok) return response;
    throw new Failure(`${url}: the release host answered ${response.status}`);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure("Pulumi's release host does not answer", { cause: error });
  }
}

async function download(name: string, directory: string, report: Report): Promise<void> {
  const list = await request(`pulumi-${pins.pulumi}-checksums.txt`, answerSeconds);
  const expected = checksumOf(name, await list.text());
  if (expected === null) throw new Failure(`the release's checksums do not list ${name}`);
  const archive = path.join(directory, name);
  const response = await request(name, downloadMinutes * 60);
  if (response.body === null) throw new Failure(`${name}: the release host sent nothing`);
  const total = Number(response.headers.get("content-length") ?? 0);
  const file = createWriteStream(archive);
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  await withProgress(
    report,
    `downloading ${name}`,
    () => pipeline(body, file),
    () => `${megabytes(file.bytesWritten)} of ${megabytes(total)} MB`,
  ).catch((error) => {
    throw new Failure(`${name}: the download broke off`, { cause: error });
  });
  const hash = createHash("sha256");
  await pipeline(createReadStream(archive), hash);
  if (hash.digest("hex") !== expected) {
    throw new Failure(`${name} does not have the published checksum`);
  }
  await run("tar", ["-xzf", archive, "--strip-components=1", "-C", directory]);
  await rm(archive);
}
