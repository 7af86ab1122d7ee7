/** 128 random bytes in base64, as munge's key. */
export const slurmSecrets = { munge: "head -c 128 /dev/urandom | base64 -w 0" } as const;
