/** A member of an initrd's archive. */
export interface CpioEntry {
  /** Path without a leading slash. */
  readonly path: string;
  readonly mode: number;
  readonly data?: Buffer;
}

const directoryType = 0o040000;
const regularType = 0o100000;

function padded(part: Buffer): Buffer {
  return Buffer.concat([part, Buffer.alloc((4 - (part.length % 4)) % 4)]);
}

function member(inode: number, path: string, mode: number, data: Buffer): Buffer {
  const name = Buffer.from(`${path}\0`);
  const links = 1;
  const fields = [inode, mode, 0, 0, links, 0, data.length, 0, 0, 0, 0, name.length, 0];
  const header = fields.map((field) => field.toString(16).padStart(8, "0")).join("");
  return Buffer.concat([
    padded(Buffer.concat([Buffer.from(`070701${header}`), name])),
    padded(data),
  ]);
}

/** A cpio archive in the "newc" format that the kernel unpacks, without dates or owners (all root). */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const members = entries.map((entry, index) => {
    const type = entry.data ? regularType : directoryType;
    return member(index + 1, entry.path, type | entry.mode, entry.data ?? Buffer.alloc(0));
  });
  return Buffer.concat([...members, member(0, "TRAILER!!!", 0, Buffer.alloc(0))]);
}
