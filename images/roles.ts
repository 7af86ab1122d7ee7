import { kubernetesPrograms } from "../toolchain/kubernetes";
import type { Program } from "../toolchain/programs";
import type { RoleContract } from "./contract/role";
import { type OutsideNeeds, placedPrograms } from "./outside/needs";
import type { OutsidePackages } from "./outside/packages";
import type { ImageRole, Recipe } from "./recipe";
import { fluxContract, fluxNeeds, fluxRecipe } from "./roles/flux";
import { kubernetesContract, kubernetesRecipe } from "./roles/kubernetes";
import { slurmContract, slurmRecipe } from "./roles/slurm";

interface Role {
  readonly recipe: () => Recipe;
  /** What toolchain/ fetches or builds for it. */
  readonly programs: () => readonly Program[];
  /** What no suite holds, so that the user provides it. */
  readonly outside?: OutsideNeeds;
  /** What the image has to hold, whoever makes it. */
  readonly contract: RoleContract;
}

/** Exhaustive over the schedulers: the one place of this room where a role is chosen. */
const roles: Readonly<Record<ImageRole, Role>> = {
  slurm: { recipe: slurmRecipe, programs: () => [], contract: slurmContract },
  kubernetes: {
    recipe: kubernetesRecipe,
    programs: kubernetesPrograms,
    contract: kubernetesContract,
  },
  flux: { recipe: fluxRecipe, programs: () => [], outside: fluxNeeds, contract: fluxContract },
};

export function imageRecipe(role: ImageRole, outside?: OutsidePackages): Recipe {
  const recipe = roles[role].recipe();
  if (outside === undefined) return recipe;
  const { hash, versions } = outside;
  const { setuid, links } = placedPrograms(roles[role].outside, outside);
  return {
    ...recipe,
    outside: { hash, packages: versions, setuid },
    ...(links.length > 0 && { links: [...(recipe.links ?? []), ...links] }),
  };
}

export function imagePrograms(role: ImageRole): readonly Program[] {
  return roles[role].programs();
}

export function imageOutsideNeeds(role: ImageRole): OutsideNeeds | undefined {
  return roles[role].outside;
}

export function imageContract(role: ImageRole): RoleContract {
  return roles[role].contract;
}
