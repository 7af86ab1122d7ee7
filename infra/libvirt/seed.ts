/** Run-time parameters of one node: everything that an image must not hold. */
export interface Seed {
  readonly hostname: string;
  /** Address with prefix length, such as `10.77.0.11/24`. */
  readonly address: string;
  /** Null on an isolated network, which has no way out. */
  readonly gateway: string | null;
  readonly hostKey: { readonly privateKey: string; readonly publicKey: string };
  readonly authorizedKey: string;
}

function fileLine(mode: string, path: string, content: string): string {
  const whole = content.endsWith("\n") ? content : `${content}\n`;
  return `file ${mode} root:root ${path} ${Buffer.from(whole).toString("base64")}`;
}

/** The seed's text, in the format of docs/image-contract.md. Holds the host's private key. */
export function seedText(seed: Seed): string {
  return [
    "schedlab-seed 1",
    `hostname ${seed.hostname}`,
    `address ${seed.address}`,
    ...(seed.gateway === null ? [] : [`gateway ${seed.gateway}`, `nameserver ${seed.gateway}`]),
    fileLine("0600", "/etc/ssh/ssh_host_ed25519_key", seed.hostKey.privateKey),
    fileLine("0644", "/etc/ssh/ssh_host_ed25519_key.pub", seed.hostKey.publicKey),
    fileLine("0600", "/root/.ssh/authorized_keys", seed.authorizedKey),
    "end",
    "",
  ].join("\n");
}

/** Disks are read by the sector: pads the text with newlines to a multiple of 512 bytes. */
export function seedDisk(text: string): string {
  const size = Math.ceil(Buffer.byteLength(text) / 512) * 512;
  return text + "\n".repeat(size - Buffer.byteLength(text));
}
