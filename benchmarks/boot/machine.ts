import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { Failure } from "../../base/failure";
import { seedDisk, seedText } from "../../infra/libvirt/seed";

/** Where QEMU's user-mode network puts the guest. */
const guestAddress = "10.0.2.15/24";

const hostname = "node01";
const memoryMiB = 1024;
/** Milliseconds between two tries. */
const retryMs = 200;
/**
 * Milliseconds that a try may wait for sshd's greeting. QEMU's network sends a connection that the
 * guest did not take again only after seconds, longer each time: a new one is sooner there.
 */
const greetingMs = 2000;

/** What a machine is started from. */
export interface MachineImage {
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly kernelArguments: string;
  /** The access key goes in by schedlab's seed disk, or by a credential that stock systemd reads. */
  readonly access: "seed" | "credential";
}

/** A machine under software emulation, with a key that lets its maker in. */
export interface Machine {
  /** Seconds from the start of QEMU until a login succeeded, and what that login printed. */
  answer(command: string, deadlineSeconds: number): Promise<{ seconds: number; output: string }>;
  run(command: string): Promise<string>;
  /** Ends QEMU and removes its files. */
  stop(): Promise<void>;
}

/** An overlay over the image's disk, booted by QEMU alone: no libvirt, no bridge, loopback only. */
export async function startMachine(image: MachineImage): Promise<Machine> {
  const dir = await mkdtemp(path.join(tmpdir(), "schedlab-boot-"));
  const file = (name: string) => path.join(dir, name);
  for (const name of ["access", "host"]) {
    await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file(name)]);
  }
  const publicKey = await readFile(file("access.pub"), "utf8");
  await writeFile(file("seed"), seedDisk(await nodeSeed(file("host"), publicKey)));
  await execa("qemu-img", [
    ...["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", image.disk],
    file("disk.qcow2"),
  ]);
  const port = await freePort();
  const start = performance.now();
  const qemu = execa("qemu-system-x86_64", qemuArguments(image, file, port, publicKey), {
    reject: false,
    stdin: "ignore",
    all: true,
  });

  const ssh = (command: string) =>
    execa("ssh", [...sshOptions(file("access"), port), "root@127.0.0.1", command], {
      reject: false,
      stdin: "ignore",
      timeout: 60_000,
    });

  const answer = async (command: string, deadlineSeconds: number) => {
    const seconds = () => (performance.now() - start) / 1000;
    for (;;) {
      const login = (await greets(port)) ? await ssh(command) : undefined;
      if (login?.exitCode === 0) return { seconds: seconds(), output: login.stdout };
      if (qemu.exitCode !== null || seconds() > deadlineSeconds) {
        const console = await readFile(file("console"), "utf8").catch(() => "");
        const what = qemu.exitCode === null ? `in ${deadlineSeconds} s` : "before QEMU ended";
        throw new Failure(`the machine did not answer SSH ${what}`, {
          remedy: "its console's tail says how far it came",
          detail: [...console.split("\n").slice(-30), login?.stderr ?? ""].join("\n"),
        });
      }
      await delay(retryMs);
    }
  };
  return {
    answer,
    run: async (command) => {
      const { exitCode, stdout, stderr } = await ssh(command);
      if (exitCode === 0) return stdout;
      throw new Failure(`exit ${exitCode} in the machine: ${command}`, { detail: stderr });
    },
    stop: async () => {
      qemu.kill();
      await qemu;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function nodeSeed(hostKey: string, authorizedKey: string): Promise<string> {
  return seedText({
    hostname,
    address: guestAddress,
    gateway: "10.0.2.2",
    hostKey: {
      privateKey: await readFile(hostKey, "utf8"),
      publicKey: await readFile(`${hostKey}.pub`, "utf8"),
    },
    authorizedKey,
  });
}

function qemuArguments(
  image: MachineImage,
  file: (name: string) => string,
  port: number,
  publicKey: string,
): string[] {
  const credential = Buffer.from(publicKey).toString("base64");
  const disk = `file=${file("disk.qcow2")},if=none,id=root,cache=unsafe`;
  const seed = `file=${file("seed")},format=raw,if=none,id=seed,readonly=on`;
  return [
    ...["-machine", "pc", "-accel", "tcg", "-cpu", "Westmere", "-m", String(memoryMiB)],
    ...["-smp", "1", "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"],
    ...["-kernel", image.kernel, "-initrd", image.initrd],
    ...["-append", `${image.kernelArguments} panic=-1`],
    ...["-drive", disk, "-device", "virtio-blk-pci,drive=root"],
    ...(image.access === "seed"
      ? ["-drive", seed, "-device", "virtio-blk-pci,drive=seed,serial=schedlab-seed"]
      : [
          "-smbios",
          `type=11,value=io.systemd.credential.binary:ssh.authorized_keys.root=${credential}`,
        ]),
    ...["-netdev", `user,id=net,hostfwd=tcp:127.0.0.1:${port}-:22`],
    ...["-device", "virtio-net-pci,netdev=net,romfile=", "-device", "virtio-rng-pci"],
    ...["-serial", `file:${file("console")}`],
  ];
}

function sshOptions(key: string, port: number): string[] {
  const options = {
    BatchMode: "yes",
    ConnectTimeout: "30",
    IdentitiesOnly: "yes",
    LogLevel: "ERROR",
    StrictHostKeyChecking: "no",
    UserKnownHostsFile: "/dev/null",
  };
  const pairs = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return ["-F", "none", "-i", key, "-p", String(port), ...pairs];
}

/** Whether the port sends a greeting of SSH soon. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const timer = setTimeout(() => end(false), greetingMs);
    const end = (answer: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", (data) => end(data.toString().startsWith("SSH-")));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
  });
}

/** A loopback port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
