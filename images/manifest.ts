import { z } from "zod";
import { outsideDescriptionSchema } from "./outside/description";

/** manifest.json of an image, by whichever maker. */
export const imageManifestSchema = z.strictObject({
  role: z.string(),
  key: z.string(),
  suite: z.string(),
  packages: z.record(z.string(), z.string()),
  kernelRelease: z.string(),
  kernelArguments: z.string(),
  createdAt: z.string(),
  /** Programs that no package holds; absent where there are none. */
  programs: z
    .record(
      z.string(),
      z.strictObject({
        version: z.string(),
        source: z.enum(["release", "built"]),
        key: z.string(),
      }),
    )
    .exactOptional(),
  /** What the user provided; absent where nothing. */
  outside: outsideDescriptionSchema.exactOptional(),
});
export type ImageManifest = z.infer<typeof imageManifestSchema>;
