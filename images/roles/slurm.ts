import type { RoleContract } from "../contract/role";
import type { Recipe } from "../recipe";
import { baseRecipe, config } from "./base";

/** Slurm with accounting, MPI and HPL. Which daemons a node runs is for the bootstrap to say. */
export function slurmRecipe(): Recipe {
  const base = baseRecipe();
  return {
    ...base,
    role: "slurm",
    packages: [
      ...base.packages,
      "hpcc",
      "libfaketime",
      "libslurm-perl",
      "mariadb-server",
      "munge",
      "openmpi-bin",
      "slurm-client",
      "slurmctld",
      "slurmd",
      "slurmdbd",
    ],
    accounts: [
      ...base.accounts,
      { name: "munge", uid: 500, gid: 500, home: "/nonexistent" },
      { name: "slurm", uid: 64030, gid: 64030, home: "/nonexistent" },
    ],
    files: [
      ...base.files,
      config("/etc/systemd/system/mariadb.service.d/schedlab.conf", "slurm/mariadb-service.conf"),
    ],
    units: {
      ...base.units,
      disable: [
        ...base.units.disable,
        "mariadb.service",
        "munge.service",
        "slurmctld.service",
        "slurmd.service",
        "slurmdbd.service",
      ],
    },
  };
}

export const slurmContract: RoleContract = {
  accounts: { slurm: "64030 64030", munge: "500 500" },
  commands: [
    ...["sbatch", "srun", "squeue", "sinfo", "scontrol", "sacct", "sacctmgr", "scancel"],
    ...["slurmctld", "slurmd", "slurmdbd", "munge", "unmunge", "mpirun", "hpcc"],
  ],
  setuid: [],
  files: [],
  daemons: ["slurmctld", "slurmd", "slurmdbd", "munge", "mariadb"],
  absent: ["etc/munge/munge.key", "etc/slurm/slurm.conf", "etc/slurm/slurmdbd.conf"],
};
