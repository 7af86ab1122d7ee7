import path from "node:path";
import { Failure } from "../../base/failure";
import { repoRoot } from "../../base/paths";
import type { NodeNeeds } from "../../workloads/task";
import type { ImageRole } from "../recipe";
import { imageOutsideNeeds } from "../roles";
import { needsProblems, type OutsideNeeds, wantedPackages } from "./needs";
import { type OutsidePackages, readOutsidePackages, unusable } from "./packages";

/**
 * The packages from outside a suite for the role's image: from the directory that the configuration
 * names, else from the one that the role's environment variable names; undefined for a role that needs
 * none and is given none. What the workload needs must be among them.
 * @throws Failure that says what to provide.
 */
export async function outsidePackages(
  role: ImageRole,
  configured: string | undefined,
  { mpi, programs }: NodeNeeds = { mpi: false, programs: [] },
): Promise<OutsidePackages | undefined> {
  const needs = imageOutsideNeeds(role);
  const variable = needs && process.env[needs.variable];
  const dir = configured ? path.resolve(repoRoot, configured) : variable && path.resolve(variable);
  if (!dir) {
    if (needs === undefined) {
      if (programs.length > 0) throw lacking(programs, "no packages are given");
      return undefined;
    }
    const wanted = Object.entries(wantedPackages(needs, mpi));
    const packages = wanted.map(([name, least]) => `${name} ${least}`);
    throw new Failure(
      `the ${role} image needs packages that no Debian suite holds, and none are given: ` +
        `${packages.join(", ")}, or later`,
      { remedy: needs.howTo },
    );
  }
  const outside = await usablePackages(dir, needs, mpi);
  const missing = programs.filter((file) => !outside.files.includes(file));
  if (missing.length > 0) throw lacking(missing, `the packages in ${dir} do not hold it`);
  return outside;
}

async function usablePackages(
  dir: string,
  needs: OutsideNeeds | undefined,
  mpi: boolean,
): Promise<OutsidePackages> {
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

function lacking(programs: readonly string[], why: string): Failure {
  return new Failure(`the workload needs ${programs.join(", ")} on the nodes, and ${why}`, {
    remedy:
      "set image.packages to a directory with .deb files, or a staged tree with a manifest.json, " +
      "that holds it; docs/images.md says more",
  });
}
