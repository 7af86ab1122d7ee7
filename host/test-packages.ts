import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { execa } from "execa";
import type { Reporter } from "../base/reporter";
import { messageOf } from "../base/thrown";
import { serviceManager } from "./libvirtd";
import { hasApt, installPackages, missingPackages } from "./packages";

/** Debian packages that only tests need. A test whose program is missing is skipped and says so. */
const testPackages: Readonly<Record<string, string>> = {
  shellcheck: "the check of shell files in lint",
  "openssh-server": "tests against a real sshd",
  chromium: "the report in a browser",
  cpio: "the archive of an initrd",
  "python3-venv": "the notebook of the examples",
};

/** Those that bring a service, which must not start because of a test. */
const services: Readonly<Record<string, string>> = { "openssh-server": "ssh" };

/** Debian's way to forbid that packages start services: the program answers 101. */
const policyFile = "/usr/sbin/policy-rc.d";
const forbidden = 101;
const policy =
  "#!/bin/sh\n# schedlab: no service starts while packages for tests are installed.\nexit 101\n";

/**
 * Installs what the tests lack when root on a system with apt, without starting a service. What cannot be
 * installed is no failure: the tests that need it are skipped with their reason.
 */
export async function ensureTestPackages(report: Reporter): Promise<void> {
  if (!hasApt() || process.getuid?.() !== 0) return;
  for (const name of await missingPackages(Object.keys(testPackages))) {
    const why = await whyNotInstalled(name);
    if (why !== null) {
      report(`packages: ${name} for ${testPackages[name]} is not installed: ${why}`);
      continue;
    }
    try {
      await withoutServices(() => installPackages([name], report));
    } catch (error) {
      report(`packages: ${name} for ${testPackages[name]} is not installed: ${messageOf(error)}`);
    }
  }
}

async function whyNotInstalled(name: string): Promise<string | null> {
  const service = services[name];
  if (service !== undefined) {
    // The package would also start it at every boot.
    if (existsSync(serviceManager)) return "this host's service manager would start its service";
    if (existsSync(policyFile) && !(await isForbidden(service)))
      return `${policyFile} lets its service start`;
  }
  return null;
}

async function isForbidden(service: string): Promise<boolean> {
  const { exitCode } = await execa(policyFile, [service, "start"], { reject: false });
  return exitCode === forbidden;
}

/** Forbids services to start meanwhile. A host's own policy stays as it is. */
export async function withoutServices(work: () => Promise<void>, file = policyFile): Promise<void> {
  const made = await writeFile(file, policy, { flag: "wx", mode: 0o755 }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return false;
      throw error;
    },
  );
  // A policy that a killed test run left was written by this module too.
  const ours = made || (await readFile(file, "utf8")) === policy;
  try {
    await work();
  } finally {
    if (ours) await rm(file, { force: true });
  }
}
