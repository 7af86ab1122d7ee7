import { randomBytes } from "node:crypto";
import { chmod, open } from "node:fs/promises";
import { Failure } from "../base/failure";
import { messageOf } from "../base/thrown";

/** Bytes: as many as SHA-256 gives. */
const keyBytes = 32;

/**
 * The key in a file, as 64 hexadecimal digits; one that nobody else can read is made where there is none. Throws
 * Failure: it cannot be read or made, others can read it, it holds something else.
 */
export async function keyOf(
  file: string,
): Promise<{ readonly key: Buffer; readonly made: boolean }> {
  const made = await make(file);
  let text: string;
  let mode: number;
  try {
    ({ text, mode } = await beginning(file));
  } catch (error) {
    throw new Failure(`cannot read the key ${file}: ${messageOf(error)}`, { cause: error });
  }
  // First, because nobody is to be told to remove a file that is something else.
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new Failure(`${file} does not hold a key, which is 64 hexadecimal digits`, {
      remedy: "name a file that does not exist yet, and a key is made there",
    });
  }
  if ((mode & 0o077) !== 0) {
    throw new Failure(`others than you can read the key in ${file}`, {
      remedy: `if nobody has, take it from them with: chmod 600 ${file}; otherwise remove it, and a new one is made`,
    });
  }
  return { key: Buffer.from(text, "hex"), made };
}

/** More than a key has, with its line end; a log of many gigabytes may be named by mistake. */
const mostBytes = 128;

async function beginning(file: string): Promise<{ readonly text: string; readonly mode: number }> {
  const handle = await open(file, "r");
  try {
    const { mode } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(mostBytes), 0, mostBytes, 0);
    return { text: buffer.toString("utf8", 0, bytesRead).trim(), mode };
  } finally {
    await handle.close();
  }
}

/** Makes the file unless it exists; of two that try at once, one does. */
async function make(file: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx", 0o600);
    try {
      await handle.writeFile(`${randomBytes(keyBytes).toString("hex")}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Whatever the umask says.
    await chmod(file, 0o600);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new Failure(`cannot make the key ${file}: ${messageOf(error)}`, { cause: error });
  }
}
