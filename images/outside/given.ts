import { Failure } from "../../base/failure";
import type { ImageRole } from "../recipe";
import { imageOutsideNeeds } from "../roles";
import { type OutsidePackages, readOutsidePackages } from "./packages";

/**
 * The packages that the role needs from outside a suite; undefined for a role that needs none.
 * @throws Failure that says what to provide.
 */
export async function outsidePackages(
  role: ImageRole,
  configured: string | undefined,
): Promise<OutsidePackages | undefined> {
  const needs = imageOutsideNeeds(role);
  if (needs === undefined) return undefined;
  const dir = configured ?? process.env[needs.variable];
  if (!dir) {
    throw new Failure(`the ${role} image needs packages that no Debian suite holds`, {
      remedy: `set ${needs.variable}`,
    });
  }
  return readOutsidePackages(dir);
}
