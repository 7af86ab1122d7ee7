/** Debian packages, as globs, of the programs that jobs run under any scheduler and of what those are linked with. */
export const jobPackages = [
  "bash",
  "coreutils",
  "hpcc",
  "libblas3",
  "libc6",
  "libhwloc15",
  "libopenblas*",
  "libopenmpi*",
  "libpmix2*",
  "openmpi-bin",
];
