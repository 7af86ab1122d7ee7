import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { uptime } from "node:os";
import path from "node:path";
import { execa } from "execa";
import pRetry, { AbortError } from "p-retry";
import { Failure } from "../base/failure";
import type { Reporter } from "../base/reporter";
import { nestedCgroup2Mounts } from "./mounts";
import { virsh } from "./virsh";

export const machineUri = "qemu:///system";
export const containerUri = "lxc:///system";

/** Is there where systemd runs. */
export const serviceManager = "/run/systemd/system";
const kvmDevice = "/dev/kvm";
const runDirectory = "/run/libvirt";
const logFile = "/var/log/libvirt/libvirtd.log";
const startSeconds = 30;
const answerSeconds = 10;
/** The first question about versions makes libvirt try every emulator that is installed. */
const versionSeconds = 60;

export interface Hypervisor {
  readonly uri: string;
  readonly libvirtVersion: string;
  /** Version of QEMU, or of the kernel for containers. */
  readonly hypervisorVersion: string;
}

/**
 * Asks the hypervisor at `uri`, local or remote, who it is.
 * @throws Failure when it does not answer within 60 s.
 */
export async function checkHypervisor(uri: string): Promise<Hypervisor> {
  const answer = await ask(uri, "version", versionSeconds);
  return {
    uri,
    libvirtVersion: /Using library: libvirt (\S+)/.exec(answer)?.[1] ?? "unknown",
    hypervisorVersion: /Running hypervisor: \S+ (\S+)/.exec(answer)?.[1] ?? "unknown",
  };
}

async function ask(uri: string, question: string, seconds: number): Promise<string> {
  const answer = await virsh(uri, [question], { seconds });
  if (!answer.failed) return answer.stdout;
  const reason = answer.timedOut
    ? `no answer within ${seconds} s`
    : answer.stderr
        .trim()
        .split("\n")
        .at(-1)
        ?.replace(/^error: /, "") || answer.shortMessage;
  throw new Failure(`Hypervisor ${uri} cannot be reached: ${reason}`, {
    remedy: `Try \`virsh -c ${uri} version\`; topology.hypervisor.uri in the stack's config says which one is used.`,
    detail: answer.stderr,
    cause: answer,
  });
}

/**
 * Makes libvirt answer for machines and containers: asks the service manager if there is one, else
 * starts the daemons itself. They outlive this process and listen on no network port. Repeatable.
 * @throws Failure with the end of the daemon's log when it does not answer within 30 s.
 */
export async function ensureLibvirtd({ report }: { report: Reporter }): Promise<void> {
  if (!existsSync(serviceManager)) await giveKvmToQemu(report);
  if (await answers()) return;
  if (process.getuid?.() !== 0) {
    throw new Failure("libvirt does not answer, and only root can start it.", {
      remedy: existsSync(serviceManager)
        ? "Run `sudo systemctl start libvirtd`, and be a member of the group libvirt."
        : "Run schedlab as root.",
    });
  }
  if (existsSync(serviceManager)) await startService(report);
  else await startDaemons(report);
  await waitUntilItAnswers();
}

/**
 * Without udev only root may open the device. libvirt probes QEMU as root, then sees that QEMU's
 * own user cannot open it, discards the answer, and probes again for 4 s at every question.
 */
async function giveKvmToQemu(report: Reporter): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync(kvmDevice)) return;
  const { mode } = statSync(kvmDevice);
  if ((mode & 0o060) === 0o060 || (mode & 0o006) === 0o006) return;
  const given = await execa("chgrp", ["kvm", kvmDevice], { reject: false });
  if (given.failed) return;
  chmodSync(kvmDevice, 0o660);
  report(`libvirt: gave ${kvmDevice} to the group kvm, as udev does`);
}

async function answers(): Promise<boolean> {
  return askBoth().then(
    () => true,
    () => false,
  );
}

async function askBoth(): Promise<void> {
  await Promise.all([machineUri, containerUri].map((uri) => ask(uri, "uri", answerSeconds)));
}

async function startService(report: Reporter): Promise<void> {
  // Newer distributions split the daemon: one socket for each driver.
  const monolithic = ["libvirtd.service"];
  const modular = ["qemu", "lxc", "network", "storage"].map((driver) => `virt${driver}d.socket`);
  for (const units of [monolithic, modular]) {
    report(`libvirt: asking systemd to start ${units.join(", ")}`);
    const started = await execa("systemctl", ["start", ...units], {
      reject: false,
      timeout: startSeconds * 1000,
    });
    if (!started.failed) return;
  }
  throw new Failure("systemd cannot start libvirt.", {
    remedy: "See `systemctl status libvirtd` and `journalctl -u libvirtd`.",
  });
}

async function startDaemons(report: Reporter): Promise<void> {
  for (const daemon of ["virtlogd", "libvirtd"]) {
    if (!findDaemon(daemon)) {
      throw new Failure(`${daemon} is not installed.`, { remedy: "Run `npx schedlab doctor`." });
    }
  }
  if (runningPids("libvirtd").length > 0) {
    report("libvirt: a daemon is running but does not answer yet");
    return;
  }
  removeStaleFiles(report);
  report("libvirt: no service manager here; starting virtlogd and libvirtd");
  // Mounts made later (the nodes' root directories) must reach the daemon's mount namespace.
  await execa("mount", ["--make-rshared", "/"], { timeout: 10_000 });
  if (runningPids("virtlogd").length === 0) await launch(["virtlogd", "-d"]);
  // The LXC driver wants to manage a cgroup v2 tree beside the v1 ones, which has no controllers:
  // the daemon must not see it.
  const hidden = nestedCgroup2Mounts(await readFile("/proc/self/mountinfo", "utf8"));
  if (hidden.length === 0) {
    await launch(["libvirtd", "-d"]);
  } else {
    const script = 'umount -- "$@" && exec libvirtd -d';
    await launch([
      "unshare",
      "--mount",
      "--propagation",
      "slave",
      "sh",
      "-c",
      script,
      "sh",
      ...hidden,
    ]);
  }
}

async function launch([file, ...args]: [string, ...string[]]): Promise<void> {
  const result = await execa(file, args, {
    reject: false,
    stdio: ["ignore", "ignore", "pipe"],
    timeout: startSeconds * 1000,
    cwd: "/",
    env: { PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` },
  });
  if (result.failed) {
    throw new Failure(`${file} ${args.join(" ")} failed: ${lastLine(result.stderr)}`, {
      detail: `${result.stderr}\n${logTail()}`,
      cause: result,
    });
  }
}

async function waitUntilItAnswers(): Promise<void> {
  const deadline = Date.now() + startSeconds * 1000;
  await pRetry(() => Promise.all([machineUri, containerUri].map(checkHypervisor)), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 100,
    factor: 1,
    onFailedAttempt: ({ error }) => {
      if (Date.now() < deadline) return;
      throw new AbortError(
        new Failure(`libvirt was started but does not answer after ${startSeconds} s.`, {
          remedy: `Read ${logFile}; stop a hanging libvirtd and try again.`,
          detail: logTail(),
          cause: error,
        }),
      );
    },
  });
}

/**
 * Files of daemons that no longer live. On hosts whose /run survives a boot, everything there from
 * before it is void: ids of processes in it may by now belong to others.
 */
function removeStaleFiles(report: Reporter): void {
  const bootTime = Date.now() - uptime() * 1000;
  if (existsSync(runDirectory) && newestChange(runDirectory) < bootTime) {
    report(`libvirt: removing ${runDirectory}, left from before the last boot`);
    rmSync(runDirectory, { recursive: true, force: true });
  }
  for (const daemon of ["libvirtd", "virtlogd"]) {
    if (runningPids(daemon).length > 0) continue;
    const files = [
      `/run/${daemon}.pid`,
      ...(existsSync(runDirectory) ? readdirSync(runDirectory) : [])
        .filter((entry) => entry.startsWith(daemon === "libvirtd" ? "libvirt-" : "virtlogd-"))
        .filter((entry) => /-sock(-ro)?$/.test(entry))
        .map((entry) => path.join(runDirectory, entry)),
    ].filter((file) => existsSync(file));
    if (files.length === 0) continue;
    report(`libvirt: removing ${files.join(", ")}, left by a dead ${daemon}`);
    for (const file of files) rmSync(file, { force: true });
  }
}

function newestChange(directory: string): number {
  return Math.max(
    ...[directory, ...readdirSync(directory).map((entry) => path.join(directory, entry))].map(
      (entry) => statSync(entry, { throwIfNoEntry: false })?.ctimeMs ?? 0,
    ),
  );
}

/** Ids of this host's processes with that executable name. */
function runningPids(command: string): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        return readFileSync(`/proc/${entry}/comm`, "utf8").trim() === command;
      } catch {
        return false;
      }
    })
    .map(Number);
}

function findDaemon(name: string): string | undefined {
  return [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"]
    .map((directory) => path.join(directory, name))
    .find((file) => existsSync(file));
}

function logTail(): string {
  if (!existsSync(logFile)) return `(no ${logFile})`;
  return readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-20).join("\n");
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
