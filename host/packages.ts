import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { Failure } from "../base/failure";
import type { Report } from "../base/report";

/** Debian and Ubuntu packages, under the same names in both, with what each is there for. */
export const systemPackages: Readonly<Record<string, string>> = {
  "libvirt-daemon-system": "libvirt's daemons and their configuration",
  "libvirt-daemon-driver-qemu": "machine domains",
  "libvirt-daemon-driver-lxc": "container domains",
  "libvirt-clients": "virsh",
  "dnsmasq-base": "libvirt networks with addresses",
  iptables: "libvirt networks",
  iproute2: "network ranges, link shaping",
  "qemu-system-x86": "machines",
  "qemu-utils": "disk images",
  e2fsprogs: "disk images",
  mmdebstrap: "image trees",
  "debian-archive-keyring": "image trees from Debian's mirror",
  "xz-utils": "kernel modules in images",
  xsltproc: "domain settings that the libvirt provider cannot express",
  "openssh-client": "host and access keys",
};

/** Package lists older than this are refreshed before an installation. */
const listAgeMilliseconds = 24 * 3600 * 1000;
const updateMinutes = 5;
const installMinutes = 20;

/**
 * Installs missing system packages when root on a system with apt; touches nothing otherwise.
 * @throws Failure with the command to run when it may not or cannot.
 */
export async function ensurePackages({ report }: { report: Report }): Promise<void> {
  if (!hasApt()) {
    const commands = await missingCommands();
    if (commands.length === 0) return;
    throw new Failure(`Commands are missing on this host: ${commands.join(", ")}.`, {
      remedy:
        "Install libvirt with its QEMU and LXC drivers, QEMU, mmdebstrap and xsltproc by this system's own means.",
    });
  }
  const missing = await missingPackages(Object.keys(systemPackages));
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) {
    throw new Failure(`System packages are missing: ${missing.join(", ")}.`, {
      remedy: `Run: ${installCommand(missing)}`,
    });
  }
  await installPackages(missing, report);
}

/** The command that a person runs to install `packages`. */
export function installCommand(packages: readonly string[]): string {
  return `sudo apt-get update && sudo apt-get install --yes --no-install-recommends ${packages.join(" ")}`;
}

export function hasApt(): boolean {
  return existsSync("/usr/bin/apt-get") && existsSync("/usr/bin/dpkg-query");
}

/** Those of `packages` that dpkg does not know as installed. */
export async function missingPackages(packages: readonly string[]): Promise<string[]> {
  const { stdout } = await execa(
    "dpkg-query",
    ["--show", "--showformat", "${Package} ${db:Status-Status}\n", ...packages],
    { reject: false, timeout: 30_000 },
  );
  const installed = parseInstalled(stdout);
  return packages.filter((name) => !installed.has(name));
}

/** Reads lines of package and status, such as `qemu-utils installed`. */
export function parseInstalled(text: string): ReadonlySet<string> {
  return new Set(
    text
      .split("\n")
      .map((line) => line.split(" "))
      .filter(([, status]) => status === "installed")
      .map(([name = ""]) => name),
  );
}

/** Installs `packages` with apt, which only root may. @throws Failure with the command to run by hand. */
export async function installPackages(packages: readonly string[], report: Report): Promise<void> {
  if (!(await listsAreFresh())) {
    report("packages: apt-get update");
    await apt(["update"], updateMinutes, report, packages);
  }
  report(`packages: installing ${packages.join(", ")}`);
  await apt(
    ["install", "--yes", "--no-install-recommends", ...packages],
    installMinutes,
    report,
    packages,
  );
}

async function apt(
  args: readonly string[],
  minutes: number,
  report: Report,
  packages: readonly string[],
): Promise<void> {
  const running = execa("apt-get", ["-o", "DPkg::Lock::Timeout=300", ...args], {
    reject: false,
    stdin: "ignore",
    all: true,
    timeout: minutes * 60_000,
    env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" },
  });
  running.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    for (const line of chunk.split("\n")) if (line.startsWith("Setting up ")) report(line.trim());
  });
  const result = await running;
  if (!result.failed) return;
  const why = result.timedOut ? `took more than ${minutes} minutes` : "failed";
  throw new Failure(`apt-get ${args[0]} ${why}.`, {
    remedy: `Run it by hand: ${installCommand(packages)}`,
    detail: result.all.split("\n").slice(-20).join("\n"),
    cause: result,
  });
}

async function listsAreFresh(): Promise<boolean> {
  const directory = "/var/lib/apt/lists";
  const lists = (await readdir(directory).catch(() => [])).filter((name) =>
    /_(Packages|InRelease)(\.\w+)?$/.test(name),
  );
  const times = await Promise.all(
    lists.map(async (name) => (await stat(path.join(directory, name))).ctimeMs),
  );
  return times.length > 0 && Date.now() - Math.max(...times) < listAgeMilliseconds;
}

async function missingCommands(): Promise<string[]> {
  const commands = [
    "virsh",
    "libvirtd",
    "qemu-system-x86_64",
    "qemu-img",
    "mmdebstrap",
    "mkfs.ext4",
    "xsltproc",
    "ip",
    "ssh-keygen",
  ];
  const directories = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"];
  return commands.filter(
    (command) => !directories.some((directory) => existsSync(path.join(directory, command))),
  );
}
