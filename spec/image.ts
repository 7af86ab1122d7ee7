import { z } from "zod";
import { distinguished, named, strict, text } from "./fields";

/** Who makes the image of a stack's nodes. */
export const imageMakers = ["debian", "nix", "path"] as const;
export type ImageMakerName = (typeof imageMakers)[number];

/** Neither an option of the program that gets it, nor with an attribute. */
const flakeReference = /^[^\s#-][^\s#]*$/;

/** Where the nodes' image comes from. Relative paths start at the project. */
export const imageSchema = distinguished("maker", imageMakers, [
  strict({
    /** Absent where it was not said, so that a tuple without it stays the one that it was. */
    maker: z.literal("debian").optional(),
    /** Its content is what counts: a part of the image's key. */
    packages: text(/\S/, "the path of a directory with packages").optional(),
  }),
  strict({
    maker: z.literal("nix"),
    flake: text(
      flakeReference,
      "a flake reference such as ./nix, without # and what follows: the scheduler says which image",
    ).default("./nix"),
    /** Flakes in the place of the flake's own inputs. */
    inputs: named(
      /^[a-zA-Z][\w-]*$/,
      "the name of one of the flake's inputs",
      text(flakeReference, "a flake reference such as github:OWNER/REPO, without #"),
    ).optional(),
  }),
  strict({
    maker: z.literal("path"),
    directory: text(/\S/, "the path of a directory with an image"),
  }),
]);
export type ImageSpec = z.infer<typeof imageSchema>;
export type NixImageSpec = Extract<ImageSpec, { maker: "nix" }>;
export type PathImageSpec = Extract<ImageSpec, { maker: "path" }>;

export function imageMaker(image: ImageSpec | undefined): ImageMakerName {
  return image?.maker ?? "debian";
}
