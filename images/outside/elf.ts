import { open } from "node:fs/promises";

/** e_machine of the architectures that people build for. */
const machines: Readonly<Record<number, string>> = {
  3: "i386",
  21: "ppc64",
  40: "armhf",
  62: "amd64",
  183: "arm64",
  243: "riscv64",
};

/** Debian's name for what an ELF file was built for; null for a file of another format. */
export async function elfArchitecture(file: string): Promise<string | null> {
  const handle = await open(file);
  try {
    const header = Buffer.alloc(20);
    const { bytesRead } = await handle.read(header, 0, header.length, 0);
    if (bytesRead < header.length || header.toString("latin1", 0, 4) !== "\x7fELF") return null;
    const bigEndian = header[5] === 2;
    const machine = bigEndian ? header.readUInt16BE(18) : header.readUInt16LE(18);
    const wide = header[4] === 2;
    // Machine 62 with 32 bits is x32.
    if (machine === 62 && !wide) return "x32";
    return machines[machine] ?? `machine ${machine}`;
  } finally {
    await handle.close();
  }
}
