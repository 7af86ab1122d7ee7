import { z } from "zod";

const sharesSchema = z.record(z.string(), z.number().positive());
const variantSchema = z.object({ type: z.string() });

/** Shares as a policy of any version has them; none where they are of another form. */
export function storedShares(shares: unknown): Readonly<Record<string, number>> {
  return sharesSchema.safeParse(shares).data ?? {};
}

/** The variants that a policy chose, such as `backfill`; what is off is left out. */
export function chosenVariants(policy: unknown): readonly string[] {
  const parts = z.record(z.string(), z.unknown()).safeParse(policy).data ?? {};
  return Object.values(parts)
    .flatMap((part) => variantSchema.safeParse(part).data?.type ?? [])
    .filter((type) => type !== "off");
}
