import { z } from "zod";
import type { OutsidePackages } from "./packages";

/** What is said of packages from outside a suite wherever an image is described. */
export const outsideDescriptionSchema = z.strictObject({
  /** Content key. */
  hash: z.string(),
  /** Name to version. */
  packages: z.record(z.string(), z.string()),
});
export type OutsideDescription = z.infer<typeof outsideDescriptionSchema>;

export function described({ hash, versions }: OutsidePackages): OutsideDescription {
  return { hash, packages: { ...versions } };
}
