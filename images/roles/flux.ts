import type { RoleContract } from "../contract/role";
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
      "libfaketime",
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
    units: { ...base.units, disable: [...base.units.disable, "flux.service", "munge.service"] },
  };
}

const libexec = "/usr/libexec/flux";
/** Where flux-core's own `make deb` puts the same. */
const debLibexec = "/usr/lib/x86_64-linux-gnu/flux";

export const fluxNeeds: OutsideNeeds = {
  variable: "SCHEDLAB_FLUX_PACKAGES",
  // The least that the bootstrap and the adapter have been seen to work with.
  packages: { "flux-core": "0.88.0", "flux-security": "0.15.0", "flux-sched": "0.54.0" },
  // Debian's OpenMPI is started by PMIx, which flux-core alone does not speak.
  mpiPackages: { "flux-pmix": "0.7.0" },
  programs: [
    { path: "/usr/bin/flux" },
    { path: `${libexec}/flux-shell`, elsewhere: `${debLibexec}/flux-shell` },
    { path: `${libexec}/flux-imp`, elsewhere: `${debLibexec}/flux-imp`, setuid: true },
  ],
  others: [
    ...["flux-broker", "flux-python", "flux-keygen"],
    ...["sched-simple", "sched-fluxion-resource", "sched-fluxion-qmanager"],
  ],
  howTo: [
    "set image.packages in the stack's configuration, or SCHEDLAB_FLUX_PACKAGES, to a directory with",
    "either the .deb files of flux-core, flux-security and flux-sched, built on Debian trixie for amd64",
    "(each has `make deb`; the README and scripts/install-deps-deb.sh of flux-core say what that needs),",
    "or a staged tree: usr/ and etc/ as `make install DESTDIR=…` leaves them (prefix /usr, sysconfdir",
    '/etc, libexecdir /usr/libexec), with a manifest.json such as {"packages": {"flux-core": "0.88.0",',
    '"flux-security": "0.15.0", "flux-sched": "0.54.0"}}. The releases are at',
    "https://github.com/flux-framework (flux-core/releases, flux-security/releases,",
    "flux-sched/releases); MPI programs such as HPL want flux-pmix too; docs/images.md says more.",
  ].join(" "),
};

export const fluxContract: RoleContract = {
  accounts: { flux: "64031 64031", munge: "500 500" },
  commands: [
    ...["flux", `${libexec}/flux-shell`, `${libexec}/flux-imp`],
    ...["munge", "unmunge", "mpirun", "hpcc", "python3"],
  ],
  setuid: [`${libexec}/flux-imp`],
  files: [],
  daemons: ["munge"],
  absent: [
    ...["etc/munge/munge.key", "etc/flux/system/conf.d", "etc/flux/system/curve.cert"],
    ...["etc/flux/imp/conf.d", "var/lib/flux"],
  ],
};
