import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { cacheDir } from "../base/paths";
import { messageOf } from "../base/thrown";
import { hostFacts } from "./facts";
import { checkHypervisor, containerUri, machineUri } from "./libvirtd";
import { bridgeProblem } from "./network";
import { hasApt, installCommand, missingPackages, systemPackages } from "./packages";
import { type DomainKindAnswer, readAnswer } from "./probe/kind";

export interface Check {
  readonly name: string;
  /** `warn`: works, or schedlab puts it right itself; `missing`: nothing works without it. */
  readonly status: "ok" | "warn" | "missing";
  readonly detail: string;
  /** What to do; null when nothing. */
  readonly remedy: string | null;
}

const leastNode = [20, 19] as const;
const leastFreeDiskGiB = 10;
const leastMemoryMiB = 2048;

/** Looks at everything that schedlab needs of this host; changes nothing. */
export async function doctor(): Promise<Check[]> {
  const checks = await Promise.all([
    nodeVersion(),
    packages(),
    tool("QEMU", "qemu-system-x86_64", ["--version"]),
    hypervisor("libvirt for machines", machineUri),
    hypervisor("libvirt for containers", containerUri),
    bridge(),
    resources(),
    tool("image tree maker", "mmdebstrap", ["--version"]),
    tool("image disk maker", "qemu-img", ["--version"]),
    tool("file system maker", "mkfs.ext4", ["-V"]),
    tool("XSLT processor", "xsltproc", ["--version"]),
    tool("SSH key maker", "ssh-keygen", ["-?"]),
    optionalTool("Pulumi", "pulumi", ["version"]),
    optionalTool("Go", "go", ["version"]),
    domainKind(),
  ]);
  return checks.flat();
}

const marks: Record<Check["status"], string> = { ok: "✓", warn: "!", missing: "✗" };

/** One line a check. */
export function doctorLines(checks: readonly Check[]): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks.map(({ name, status, detail, remedy }) => {
    const line = `${marks[status]} ${name.padEnd(width)}  ${detail}`;
    return remedy === null ? line : `${line} → ${remedy}`;
  });
}

export function nodeVersion(version: string = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const enough = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
  return {
    name: "Node.js",
    status: enough ? "ok" : "missing",
    detail: version,
    remedy: enough ? null : `install Node.js ${leastNode.join(".")} or later`,
  };
}

async function packages(): Promise<Check> {
  const name = "system packages";
  if (!hasApt()) {
    return {
      name,
      status: "warn",
      detail: "not a Debian or Ubuntu system",
      remedy: "install by its own means what is reported missing below",
    };
  }
  const missing = await missingPackages(Object.keys(systemPackages));
  if (missing.length === 0) return { name, status: "ok", detail: "all there", remedy: null };
  return {
    name,
    status: "missing",
    detail: `missing: ${missing.join(", ")}`,
    remedy: installCommand(missing),
  };
}

async function tool(name: string, command: string, args: string[]): Promise<Check> {
  const version = await versionLine(command, args);
  return version === null
    ? { name, status: "missing", detail: `no ${command}`, remedy: "see system packages" }
    : { name, status: "ok", detail: version, remedy: null };
}

async function optionalTool(name: string, command: string, args: string[]): Promise<Check> {
  const version = await versionLine(command, args);
  return version === null
    ? { name, status: "warn", detail: `no ${command} on PATH`, remedy: "set-up brings its own" }
    : { name, status: "ok", detail: version, remedy: null };
}

/** First line that the command prints about itself; null when it is not there. */
async function versionLine(command: string, args: string[]): Promise<string | null> {
  const result = await execa(command, args, {
    reject: false,
    stdin: "ignore",
    all: true,
    timeout: 10_000,
    env: { PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin`, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  if (result.exitCode === undefined) return null;
  return command === "ssh-keygen" ? "there" : (result.all.trim().split("\n")[0] ?? "");
}

async function hypervisor(name: string, uri: string): Promise<Check> {
  try {
    const { libvirtVersion } = await checkHypervisor(uri);
    return { name, status: "ok", detail: `libvirt ${libvirtVersion} at ${uri}`, remedy: null };
  } catch (error) {
    const root = process.getuid?.() === 0;
    return {
      name,
      status: root ? "warn" : "missing",
      detail: messageOf(error),
      remedy: root ? "set-up starts the daemons" : "sudo systemctl start libvirtd",
    };
  }
}

async function bridge(): Promise<Check> {
  const problem = process.getuid?.() === 0 ? await bridgeProblem() : null;
  return problem === null
    ? { name: "bridge networking", status: "ok", detail: "usable", remedy: null }
    : {
        name: "bridge networking",
        status: "missing",
        detail: problem,
        remedy: "load the kernel module: modprobe bridge",
      };
}

async function resources(): Promise<Check[]> {
  const facts = await hostFacts();
  const disk = Math.floor(facts.freeDiskGiB);
  return [
    { name: "cores", status: "ok", detail: `${facts.cores} × ${facts.cpuModel}`, remedy: null },
    {
      name: "memory",
      ...(facts.memoryMiB >= leastMemoryMiB
        ? { status: "ok", remedy: null }
        : {
            status: "warn",
            remedy: `free some; the smallest cluster wants ${leastMemoryMiB} MiB`,
          }),
      detail: `${facts.memoryMiB} of ${facts.totalMemoryMiB} MiB available`,
    },
    {
      name: "disk",
      ...(disk >= leastFreeDiskGiB
        ? { status: "ok", remedy: null }
        : { status: "warn", remedy: "set SCHEDLAB_CACHE to a directory on a larger disk" }),
      detail: `${disk} GiB free for ${cacheDir()}`,
    },
  ];
}

/** What earlier probes found; trying takes an image, so it is left to set-up. */
function domainKind(): Check {
  const directory = path.join(cacheDir(), "host");
  const answers = (existsSync(directory) ? readdirSync(directory) : [])
    .filter((file) => file.startsWith("domain-kind-") && file.endsWith(".json"))
    .map((file) => readAnswer(readFileSync(path.join(directory, file), "utf8")))
    .filter((answer) => answer !== null);
  const answer = answers.at(-1);
  return answer
    ? { name: "domain kind", status: "ok", detail: answerText(answer), remedy: null }
    : {
        name: "domain kind",
        status: "warn",
        detail: "not known yet",
        remedy: "the first `pulumi up` tries kvm, lxc and qemu; or set topology.domain",
      };
}

function answerText({ kind, tried }: DomainKindAnswer): string {
  const refused = tried
    .filter(({ ok }) => !ok)
    .map((attempt) => `${attempt.kind}: ${attempt.reason}`);
  return refused.length === 0 ? kind : `${kind} (${refused.join("; ")})`;
}
