/** 128 random bytes for munge's key, then 32 for the brokers' certificate, in base64. */
export const fluxSecrets = { flux: "head -c 160 /dev/urandom | base64 -w 0" } as const;
