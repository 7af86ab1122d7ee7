import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Failure } from "../base/failure";
import type { Reporter } from "../base/reporter";
import { withProgress } from "./progress";

/** Seconds in which a release host has to answer to be used at all. */
const answerSeconds = 5;
const downloadMinutes = 15;

async function request(url: string, seconds: number): Promise<Response> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(seconds * 1000) });
    if (response.ok) return response;
    throw new Failure(`${url}: the release host answered ${response.status}`);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`the release host ${new URL(url).host} does not answer`, { cause: error });
  }
}

/** A short text, such as checksums. @throws Failure when the host does not answer in time. */
export async function fetchText(url: string): Promise<string> {
  return (await request(url, answerSeconds)).text();
}

/** Fetches a file. @throws Failure when it breaks off or has another SHA-256 than `expected`. */
export async function download(
  url: string,
  file: string,
  expected: string,
  report: Reporter,
): Promise<void> {
  const name = path.basename(file);
  const response = await request(url, downloadMinutes * 60);
  if (response.body === null) throw new Failure(`${name}: the release host sent nothing`);
  const total = Number(response.headers.get("content-length") ?? 0);
  const target = createWriteStream(file);
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  await withProgress(
    report,
    `downloading ${name}`,
    () => pipeline(body, target),
    () => `${megabytes(target.bytesWritten)} of ${megabytes(total)} MB`,
  ).catch((error) => {
    throw new Failure(`${name}: the download broke off`, { cause: error });
  });
  if ((await sha256(file)) !== expected) {
    throw new Failure(`${name} does not have the published checksum`);
  }
}

export async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
