import { kubernetesPrograms } from "../toolchain/kubernetes";
import type { Program } from "../toolchain/programs";
import type { ImageRole, Recipe } from "./recipe";
import { fluxRecipe } from "./roles/flux";
import { kubernetesRecipe } from "./roles/kubernetes";
import { slurmRecipe } from "./roles/slurm";

interface Role {
  readonly recipe: () => Recipe;
  /** What toolchain/ fetches or builds for it. */
  readonly programs: () => readonly Program[];
}

/** Exhaustive over the schedulers: the one place of this room where a role is chosen. */
const roles: Readonly<Record<ImageRole, Role>> = {
  slurm: { recipe: slurmRecipe, programs: () => [] },
  kubernetes: { recipe: kubernetesRecipe, programs: kubernetesPrograms },
  flux: { recipe: fluxRecipe, programs: () => [] },
};

export function imageRecipe(role: ImageRole): Recipe {
  return roles[role].recipe();
}

export function imagePrograms(role: ImageRole): readonly Program[] {
  return roles[role].programs();
}
