import type { OutsideNeeds } from "../outside/needs";
import type { Recipe } from "../recipe";
import { baseRecipe } from "./base";

/** Flux with MPI and HPL. Its own packages come from outside the suite; these are what they are linked with. */
export function fluxRecipe(): Recipe {
  const base = baseRecipe();
  return {
    ...base,
    role: "flux",
    packages: [
      ...base.packages,
      "hpcc",
      "libarchive13t64",
      "libboost-graph1.83.0",
      "libhwloc15",
      "libjansson4",
      "liblua5.1-0",
      "liblz4-1",
      "libmunge2",
      "libncursesw6",
      "libpython3.13",
      "libsodium23",
      "libsqlite3-0",
      "libsystemd0",
      "libuuid1",
      "libyaml-cpp0.8",
      "libzmq5",
      "lua-posix",
      "lua5.1",
      "munge",
      "openmpi-bin",
      "python3",
      "python3-cffi",
      "python3-jsonschema",
      "python3-ply",
      "python3-yaml",
    ],
    accounts: [
      ...base.accounts,
      { name: "munge", uid: 500, gid: 500, home: "/nonexistent" },
      { name: "flux", uid: 64031, gid: 64031, home: "/var/lib/flux" },
    ],
    units: { ...base.units, disable: [...base.units.disable, "munge.service"] },
  };
}

export const fluxNeeds: OutsideNeeds = {
  variable: "SCHEDLAB_FLUX_PACKAGES",
  setuid: ["/usr/libexec/flux/flux-imp"],
};
