import { existsSync } from "node:fs";
import { mkdir, readlink, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../../base/failure";
import { cacheDir, repoRoot } from "../../base/paths";
import { shellQuote } from "../../base/quote";
import type { Reporter } from "../../base/reporter";
import { replaceFile } from "../../base/whole-file";
import { withProgress } from "../../toolchain/progress";
import type { ImageRole } from "../recipe";
import { nixCause } from "./cause";
import { type NixResult, nix, usableNix } from "./nix";
import { nixProgress } from "./progress";
import { rootsOfStack } from "./roots";

/** From nothing, with neither a binary cache nor many cores, a whole system takes hours. */
const buildMinutes = 6 * 60;
/** Inputs may have to be fetched. */
const evaluationMinutes = 30;

/** An image in Nix's store. */
export interface StoreImage {
  readonly storePath: string;
  /** The store path's hash, which stands for everything that the image was made from. */
  readonly key: string;
}

export interface WantedNixImage {
  readonly role: ImageRole;
  /** Without an attribute; a relative path starts at the project. */
  readonly flake: string;
  /** Flakes in the place of its own inputs, by name. */
  readonly inputs?: Readonly<Record<string, string>> | undefined;
}

/** The hash of a path in Nix's store, wherever Nix has been told to have it; undefined for other paths. */
export function storeHash(file: string): string | undefined {
  const store = process.env.NIX_STORE_DIR || "/nix/store";
  if (path.dirname(file) !== store) return undefined;
  return /^([0-9a-z]{32})-./.exec(path.basename(file))?.[1];
}

/** Where the cache has a link to an image of Nix's. */
export function nixImageLink(role: ImageRole, key: string): string {
  return path.join(cacheDir(), "images", `${role}-${key}`);
}

/**
 * Builds the role's image, or finds it built, links it into the image cache and keeps Nix from
 * collecting it as long as the stack is there.
 * @throws Failure without a usable Nix, and with the cause when the flake cannot be evaluated or built.
 */
export async function buildNixImage(
  wanted: WantedNixImage,
  stack: string,
  report: Reporter,
): Promise<StoreImage> {
  const { role } = wanted;
  refuseBareDirectory(wanted);
  report(`${role} image: ${await usableNix()}, flake ${wanted.flake}`);
  const roots = await rootsOfStack(stack);
  // Nix must not collect it between the end of the build and the link under its own name.
  const building = path.join(roots, `building-${process.pid}`);
  try {
    const made = await build(wanted, building, report);
    const image = storeImage(made.stdout, wanted);
    await keep(image, path.join(roots, `${role}-${image.key}`));
    await linkIntoCache(image, role);
    return image;
  } finally {
    await rm(building, { force: true });
  }
}

/**
 * The image that `buildNixImage` would give, without building it or keeping anything but what Nix fetches
 * to evaluate the flake. @throws Failure as above.
 */
export async function foreseenNixImage(wanted: WantedNixImage): Promise<StoreImage> {
  refuseBareDirectory(wanted);
  await usableNix();
  const args = [
    ...["eval", "--raw", `${attribute(wanted)}.outPath`],
    ...overrides(wanted),
    // Building may write one beside the flake.
    "--no-write-lock-file",
  ];
  const result = await nix(args, { minutes: evaluationMinutes });
  if (result.failed) throw failure(wanted, args, result, evaluationMinutes);
  return storeImage(result.stdout, wanted);
}

/** Nix takes a bare word for a name in its registry. */
function refuseBareDirectory({ flake }: WantedNixImage): void {
  if (/^[.~/]|:/.test(flake) || !existsSync(path.resolve(repoRoot, flake))) return;
  throw new Failure(`image.flake is ${flake}, which Nix looks up in its registry of flakes`, {
    remedy: `for the directory of that name: pulumi config set --path schedlab:image.flake ./${flake}`,
  });
}

function attribute({ flake, role }: WantedNixImage): string {
  return `${flake}#${role}-image`;
}

function overrides({ inputs = {} }: WantedNixImage): string[] {
  return Object.entries(inputs).flatMap(([name, flake]) => ["--override-input", name, flake]);
}

async function build(wanted: WantedNixImage, link: string, report: Reporter): Promise<NixResult> {
  const args = ["build", attribute(wanted), ...overrides(wanted)];
  const output = ["--out-link", link, "--print-out-paths"];
  const what = `${wanted.role} image`;
  const progress = nixProgress();
  let last = "";
  const follow = (line: string) => {
    const said = progress(line);
    if (said === undefined) return;
    last = said;
    report(`${what}: ${said}`);
  };
  const result = await withProgress(
    report,
    `${what}: nix build`,
    () => nix([...args, ...output, "--log-format", "raw"], { minutes: buildMinutes, follow }),
    () => last,
  );
  if (result.failed) throw failure(wanted, args, result, buildMinutes);
  return result;
}

function storeImage(stdout: string, { role, flake }: WantedNixImage): StoreImage {
  const storePath = stdout.trim();
  const key = storeHash(storePath);
  if (key !== undefined) return { storePath, key };
  throw new Failure(
    `${role}-image of ${flake} is to be one path in Nix's store, and nix says ${JSON.stringify(storePath)}`,
    { remedy: "give the derivation a single output" },
  );
}

/** The link is itself what keeps the path: Nix knows where it lies. */
async function keep({ storePath }: StoreImage, link: string): Promise<void> {
  const { failed, stderr } = await nix(["build", storePath, "--out-link", link], { minutes: 5 });
  if (failed) throw new Failure(`nix cannot keep ${storePath}`, { detail: stderr.trim() });
}

async function linkIntoCache({ storePath, key }: StoreImage, role: ImageRole): Promise<void> {
  const link = nixImageLink(role, key);
  await mkdir(path.dirname(link), { recursive: true });
  if ((await readlink(link).catch(() => "")) === storePath) return;
  await replaceFile(link, (draft) => symlink(storePath, draft));
}

function failure(
  wanted: WantedNixImage,
  args: readonly string[],
  { stderr, timedOut }: NixResult,
  minutes: number,
): Failure {
  const what = `the ${wanted.role} image cannot be made from the flake ${wanted.flake}`;
  const command = ["nix", ...args.map(shellQuote)].join(" ");
  if (timedOut) {
    return new Failure(`${what}: nix was not done after ${minutes} min`, {
      remedy: `run it by hand first, where it may take its time: ${command}`,
      detail: stderr.trimEnd().split("\n").slice(-5).join("\n"),
    });
  }
  const { message, detail, remedy } = nixCause(stderr, command);
  return new Failure(`${what}: ${message}`, { remedy, ...(detail === "" ? {} : { detail }) });
}
