import path from "node:path";
import { Failure } from "../../base/failure";
import { repoRoot } from "../../base/paths";
import type { ImageRole } from "../recipe";
import { imageOutsideNeeds } from "../roles";
import { needsProblems } from "./needs";
import { type OutsidePackages, readOutsidePackages, unusable } from "./packages";

/**
 * The packages from outside a suite for the role's image: from the directory that the configuration
 * names, else from the one that the role's environment variable names; undefined for a role that needs
 * none and is given none. With `mpi`, what the workload's MPI programs need must be among them.
 * @throws Failure that says what to provide.
 */
export async function outsidePackages(
  role: ImageRole,
  configured: string | undefined,
  { mpi }: { readonly mpi: boolean } = { mpi: false },
): Promise<OutsidePackages | undefined> {
  const needs = imageOutsideNeeds(role);
  const variable = needs && process.env[needs.variable];
  const dir = configured ? path.resolve(repoRoot, configured) : variable && path.resolve(variable);
  if (!dir) {
    if (needs === undefined) return undefined;
    const wanted = { ...needs.packages, ...(mpi ? needs.mpiPackages : {}) };
    const packages = Object.entries(wanted).map(([name, least]) => `${name} ${least}`);
    throw new Failure(
      `the ${role} image needs packages that no Debian suite holds, and none are given: ` +
        `${packages.join(", ")}, or later`,
      { remedy: needs.howTo },
    );
  }
  try {
    const outside = await readOutsidePackages(dir);
    const problems = needs === undefined ? [] : await needsProblems(needs, outside, mpi);
    if (problems.length > 0) throw unusable(dir, problems);
    return outside;
  } catch (error) {
    if (needs === undefined || !(error instanceof Failure)) throw error;
    throw new Failure(error.message, { remedy: needs.howTo, cause: error.cause });
  }
}
