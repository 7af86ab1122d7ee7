import { strict, text } from "./fields";

/** What an image needs beside Debian's packages. */
export const imageSchema = strict({
  /** Relative to the project. Its content is what counts: a part of the image's key. */
  packages: text(/\S/, "the path of a directory with packages").optional(),
});
