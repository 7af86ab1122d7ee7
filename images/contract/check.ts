import { realpath } from "node:fs/promises";
import { Failure } from "../../base/failure";
import type { Reporter } from "../../base/reporter";
import { messageOf } from "../../base/thrown";
import type { NodeNeeds } from "../../workloads/task";
import type { ImageManifest } from "../manifest";
import type { ImageRole } from "../recipe";
import { imageContract, imageOutsideNeeds } from "../roles";
import { type Asked, type Breach, breachLines, contractBreaches, parseManifest } from "./clauses";
import { lookAtImage } from "./look";
import type { SeenImage } from "./seen";

export interface CheckImage {
  readonly role: ImageRole;
  readonly format: Asked["format"];
  readonly key: Asked["key"];
  readonly needs: NodeNeeds;
  /** What the image is to the user, such as `image.directory`; the error begins with it. */
  readonly what: string;
  readonly remedy: string;
}

/**
 * The manifest of an image of another maker's, once it is seen to keep the contract as far as a look at
 * its files can tell. Reads only.
 * @throws Failure with every clause that it breaks, and how that was seen.
 */
export async function checkedImage(
  dir: string,
  asked: CheckImage,
  report: Reporter,
): Promise<ImageManifest> {
  const { role, needs, what, remedy } = asked;
  const contract = imageContract(role);
  const seen = await look(dir, asked);
  const breaches = contractBreaches(seen, { ...asked, contract });
  if (breaches.length > 0) throw broken(asked, dir, breaches);
  if (seen.tree?.system === undefined) {
    report(
      `${what}: accounts, units and commands are made when a node boots; only ` +
        "tests/e2e/image-contract.e2e.test.ts can check them",
    );
  }
  const manifest = parseManifest(seen.manifest ?? "");
  const lacking = mpiPackagesLacking(manifest, role, needs);
  if (lacking.length === 0) return manifest;
  throw new Failure(
    `${what}: the workload's MPI programs need ${lacking.join(", ")}, which the manifest of ${dir} does not name`,
    { remedy },
  );
}

async function look(dir: string, { role, what, needs }: CheckImage): Promise<SeenImage> {
  try {
    return await lookAtImage(await realpath(dir), imageContract(role), needs.programs);
  } catch (cause) {
    throw new Failure(`${what}: ${dir} cannot be read: ${messageOf(cause)}`, {
      remedy: "name a directory with an image, and look into it as root",
      cause,
    });
  }
}

function broken({ role, what, remedy }: CheckImage, dir: string, breaches: readonly Breach[]) {
  return new Failure(`${what}: ${dir} is no image for ${role} nodes. It breaks the contract:`, {
    detail: breachLines(breaches).join("\n"),
    remedy,
  });
}

/** Of the packages without which no job starts MPI programs, those that the image does not hold. */
function mpiPackagesLacking(
  { packages, outside }: ImageManifest,
  role: ImageRole,
  { mpi }: NodeNeeds,
): string[] {
  const wanted = mpi ? Object.keys(imageOutsideNeeds(role)?.mpiPackages ?? {}) : [];
  return wanted.filter((name) => !(name in packages) && !(name in (outside?.packages ?? {})));
}
