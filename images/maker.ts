import { readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../base/failure";
import { repoRoot } from "../base/paths";
import type { Reporter } from "../base/reporter";
import {
  type ImageMakerName,
  type ImageSpec,
  imageMaker,
  type NixImageSpec,
  type PathImageSpec,
} from "../spec/image";
import type { NodeNeeds } from "../workloads/task";
import { ensureImage, imageDir } from "./build";
import { checkedImage } from "./contract/check";
import { parseManifest } from "./contract/clauses";
import { artefacts } from "./contract/role";
import { imageKey } from "./key";
import type { ImageManifest } from "./manifest";
import { buildNixImage, foreseenNixImage, nixImageLink, storeHash } from "./nix/build";
import { described, type OutsideDescription } from "./outside/description";
import { outsidePackages } from "./outside/given";
import type { ImageRole } from "./recipe";
import { imageRecipe } from "./roles";

export interface ImageWanted {
  readonly image: ImageSpec | undefined;
  readonly role: ImageRole;
  /** What the workload needs of it. */
  readonly needs: NodeNeeds;
  /** Whose nodes boot it. */
  readonly stack: string;
}

/** An image that a stack's nodes boot, or would boot. */
export interface StackImage {
  readonly maker: ImageMakerName;
  readonly role: ImageRole;
  readonly key: string;
  readonly dir: string;
  /** The user's, if any. */
  readonly packages: OutsideDescription | undefined;
  readonly kernelArguments: string;
}

export interface MadeImage extends StackImage {
  /** Makes, or checks, what machines boot beside the tree. @throws Failure when it cannot be had. */
  readonly readyForMachines: () => Promise<void>;
}

/**
 * The image that the stack's configuration asks for, with at least its tree: made, or given and checked.
 * @throws Failure when it cannot be had or breaks the contract.
 */
export function makeImage(wanted: ImageWanted, report: Reporter): Promise<MadeImage> {
  const { image } = wanted;
  switch (image?.maker) {
    case "nix":
      return madeByNix(wanted, image, report);
    case "path":
      return given(wanted, image, report);
    default:
      return madeOfDebian(wanted, image?.packages, report);
  }
}

/**
 * What `makeImage` would give, without making or keeping anything. A preview goes on without an image
 * that cannot be used: `warn` gets the reason.
 */
export async function foreseeImage(
  wanted: ImageWanted,
  warn: (text: string) => Promise<void>,
): Promise<StackImage> {
  const { image } = wanted;
  try {
    switch (image?.maker) {
      case "nix":
        return await foreseenOfNix(wanted, image);
      case "path":
        return await given(wanted, image, () => {});
      default:
        return await foreseenOfDebian(wanted, image?.packages);
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await warn([error.message, error.detail, error.remedy].filter(Boolean).join("\n"));
    return unknownImage(wanted);
  }
}

async function madeOfDebian(
  { role, needs }: ImageWanted,
  packages: string | undefined,
  report: Reporter,
): Promise<MadeImage> {
  const { key, dir, outside, kernelArguments } = await ensureImage(role, {
    ...{ report, packages, needs },
    formats: ["tree"],
  });
  return {
    ...{ maker: "debian", role, key, dir, packages: outside, kernelArguments },
    readyForMachines: async () => {
      await ensureImage(role, { report, packages, formats: ["tree", "disk"] });
    },
  };
}

async function foreseenOfDebian(
  { role, needs }: ImageWanted,
  packages: string | undefined,
): Promise<StackImage> {
  const outside = await outsidePackages(role, packages, needs);
  return {
    ...{ maker: "debian", role, key: imageKey(role, outside), dir: imageDir(role, outside) },
    packages: outside && described(outside),
    kernelArguments: imageRecipe(role).kernel.arguments,
  };
}

async function madeByNix(
  { role, needs, stack }: ImageWanted,
  { flake, inputs }: NixImageSpec,
  report: Reporter,
): Promise<MadeImage> {
  const { storePath, key } = await buildNixImage({ role, flake, inputs }, stack, report);
  const manifest = await checkedImage(
    storePath,
    {
      ...{ role, needs, format: "disk", key: "elsewhere", what: `${role}-image of ${flake}` },
      remedy: "mend the flake: docs/image-contract.md says what an image holds",
    },
    report,
  );
  const dir = nixImageLink(role, key);
  // Nix makes all of it at once.
  return { ...ofManifest("nix", role, key, dir, manifest), readyForMachines: async () => {} };
}

async function foreseenOfNix(
  { role }: ImageWanted,
  { flake, inputs }: NixImageSpec,
): Promise<StackImage> {
  const { storePath, key } = await foreseenNixImage({ role, flake, inputs });
  const dir = nixImageLink(role, key);
  const text = await readFile(path.join(storePath, artefacts.manifest), "utf8").catch(() => null);
  if (text !== null) return ofManifest("nix", role, key, dir, parseManifest(text));
  return { ...unknownParts(role), maker: "nix", role, key, dir };
}

async function given(
  { role, needs }: ImageWanted,
  { directory }: PathImageSpec,
  report: Reporter,
): Promise<MadeImage> {
  const named = path.resolve(repoRoot, directory);
  // Nodes are made anew when a link leads to another image.
  const dir = await realpath(named).catch(() => named);
  const inStore = storeHash(dir);
  const asked = {
    ...{ role, needs, what: "image.directory" },
    key: inStore === undefined ? "in manifest" : "elsewhere",
    remedy:
      "docs/image-contract.md says what an image holds; name another directory, or mend what made this one",
  } as const;
  const manifest = await checkedImage(dir, { ...asked, format: "tree" }, report);
  return {
    ...ofManifest("path", role, inStore ?? manifest.key, dir, manifest),
    readyForMachines: async () => {
      await checkedImage(dir, { ...asked, format: "disk" }, report);
    },
  };
}

function ofManifest(
  maker: ImageMakerName,
  role: ImageRole,
  key: string,
  dir: string,
  { kernelArguments, outside }: ImageManifest,
): StackImage {
  return { maker, role, key, dir, packages: outside, kernelArguments };
}

/** What a preview assumes where the image itself is not at hand. */
function unknownParts(role: ImageRole) {
  return { packages: undefined, kernelArguments: imageRecipe(role).kernel.arguments };
}

function unknownImage({ image, role }: ImageWanted): StackImage {
  return {
    ...{ maker: imageMaker(image), role, key: imageKey(role), dir: imageDir(role) },
    ...unknownParts(role),
  };
}
