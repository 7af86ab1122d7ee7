import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { cpioArchive } from "../../base/cpio";
import { Failure } from "../../base/failure";
import { inside } from "../../base/inside";

export type Accelerator = "kvm" | "tcg";

const token = "schedlab-guest-is-up";
const memoryMiB = 256;

/** Boot parameters that the emulation of this processor instruction makes necessary, and quiet. */
const kernelArguments = "console=ttyS0 quiet panic=-1 clearcpuid=cx16 mitigations=off";

/** The named model is what emulated nodes have; a hardware guest sees the host's processor. */
const processor: Record<Accelerator, string> = { kvm: "host", tcg: "Westmere" };

const init = `#!/bin/busybox sh
/bin/busybox echo ${token}
/bin/busybox poweroff -f
`;

/**
 * Boots the image's kernel with a shell as its only process, directly in QEMU, and waits until that
 * has spoken on the serial line.
 * @throws Failure with the reason when it has not within `seconds`.
 */
export async function bootSmallGuest(
  imageDir: string,
  accelerator: Accelerator,
  seconds: number,
): Promise<void> {
  const kernel = ["vmlinuz", "root/boot/vmlinuz"]
    .map((file) => path.join(imageDir, file))
    .find((file) => existsSync(file));
  if (!kernel) throw new Failure(`no kernel in ${imageDir}`);
  const directory = await mkdtemp(path.join(tmpdir(), "schedlab-guest-"));
  try {
    const initrd = path.join(directory, "initrd");
    await writeFile(initrd, await smallInitrd(imageDir));
    await run(kernel, initrd, accelerator, seconds);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function run(
  kernel: string,
  initrd: string,
  accelerator: Accelerator,
  seconds: number,
): Promise<void> {
  const abort = new AbortController();
  const guest = execa(
    "qemu-system-x86_64",
    [
      ...["-accel", accelerator, "-cpu", processor[accelerator], "-m", String(memoryMiB)],
      ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
      ...["-serial", "stdio", "-kernel", kernel, "-initrd", initrd, "-append", kernelArguments],
    ],
    {
      reject: false,
      stdin: "ignore",
      timeout: seconds * 1000,
      forceKillAfterDelay: 1000,
      cancelSignal: abort.signal,
      all: true,
    },
  );
  // A processor state that the accelerator cannot execute leaves QEMU paused for ever.
  let internalError = "";
  guest.stderr.on("data", (chunk: Buffer) => {
    internalError ||= /KVM internal error.*|emulation failure.*/.exec(chunk.toString())?.[0] ?? "";
    if (internalError) abort.abort();
  });
  const end = await guest;
  if (end.stdout.includes(token)) return;
  const reason =
    internalError ||
    (end.timedOut && `the guest did not come up within ${seconds} s`) ||
    /Kernel panic.*/.exec(end.stdout)?.[0] ||
    end.stderr.trim().split("\n").at(-1) ||
    end.shortMessage ||
    "the guest stopped without a word";
  throw new Failure(reason, { detail: end.all.split("\n").slice(-20).join("\n"), cause: end });
}

async function smallInitrd(imageDir: string): Promise<Buffer> {
  const shell = await inside(path.join(imageDir, "root"), "/usr/lib/schedlab/busybox");
  if (shell.kind !== "there") throw new Failure(`no static shell in ${imageDir}`);
  const busybox = await readFile(shell.file);
  return cpioArchive([
    { path: "bin", mode: 0o755 },
    { path: "bin/busybox", mode: 0o755, data: busybox },
    { path: "init", mode: 0o755, data: Buffer.from(init) },
  ]);
}
