import { kubernetesPrograms } from "../toolchain/kubernetes";
import type { Program } from "../toolchain/programs";
import { type OutsideNeeds, placedPrograms } from "./outside/needs";
import type { OutsidePackages } from "./outside/packages";
import type { ImageRole, Recipe } from "./recipe";
import { fluxNeeds, fluxRecipe } from "./roles/flux";
import { kubernetesRecipe } from "./roles/kubernetes";
import { slurmRecipe } from "./roles/slurm";

interface Role {
  readonly recipe: () => Recipe;
  /** What toolchain/ fetches or builds for it. */
  readonly programs: () => readonly Program[];
  /** What no suite holds, so that the user provides it. */
  readonly outside?: OutsideNeeds;
}

/** Exhaustive over the schedulers: the one place of this room where a role is chosen. */
const roles: Readonly<Record<ImageRole, Role>> = {
  slurm: { recipe: slurmRecipe, programs: () => [] },
  kubernetes: { recipe: kubernetesRecipe, programs: kubernetesPrograms },
  flux: { recipe: fluxRecipe, programs: () => [], outside: fluxNeeds },
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
