import { acceleratorPath } from "./paths";

/** The files that stand for so many simulated accelerators, in Slurm's notation. */
export function acceleratorFiles(gpus: number): string {
  return gpus === 1 ? `${acceleratorPath}0` : `${acceleratorPath}[0-${gpus - 1}]`;
}
