import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { containerUri, machineUri } from "./libvirtd";
import { type Mount, parseMountinfo } from "./mounts";
import {
  type CgroupName,
  cgroupName,
  type Employer,
  employerOf,
  probeDomain,
  stackOfCluster,
  stackOfDomain,
  stacksDirectory,
} from "./owner";
import { virsh, virshNames } from "./virsh";

const cgroupDepth = 3;

export interface SurveyedDomain {
  readonly kind: "container" | "machine";
  readonly name: string;
  /** Libvirt's definition; empty when it ended meanwhile. */
  readonly xml: string;
}

export interface SurveyedProcess {
  readonly pid: number;
  readonly employer: Employer;
  /** What is mounted at its `/`, for a process inside a container. */
  readonly root?: Mount;
}

export interface SurveyedCgroup {
  readonly path: string;
  readonly name: CgroupName;
  /** Processes in it and below it. */
  readonly members: readonly number[];
}

export interface SurveyedDirectory {
  /** The cluster's name. */
  readonly name: string;
  /** The directories in it that are named like domains. */
  readonly nodes: readonly {
    readonly name: string;
    /** Process id of libvirt's controller, as the create script recorded it. */
    readonly controller?: number;
  }[];
}

/** Everything on this host that could belong to a stack, to whichever. */
export interface HostSurvey {
  readonly domains: readonly SurveyedDomain[];
  readonly networks: readonly string[];
  readonly pools: readonly string[];
  readonly processes: readonly SurveyedProcess[];
  readonly mounts: readonly Mount[];
  readonly cgroups: readonly SurveyedCgroup[];
  readonly directories: readonly SurveyedDirectory[];
  /** Hypervisors that did not answer: what they have is not known. */
  readonly silent: readonly string[];
}

/**
 * Looks at this host and changes nothing. Never throws: a hypervisor that is silent is named. Of
 * domains that cannot be `stack`'s only the names are asked for.
 */
export async function surveyHost(stack?: string): Promise<HostSurvey> {
  const concerned = (name: string) =>
    stack === undefined
      ? stackOfDomain(name) !== undefined || name === probeDomain
      : stackOfDomain(name) === stack;
  const [containers, machines, networks, pools] = await Promise.all([
    virshNames(containerUri, ["list", "--all", "--name"]),
    virshNames(machineUri, ["list", "--all", "--name"]),
    virshNames(machineUri, ["net-list", "--all", "--name"]),
    virshNames(machineUri, ["pool-list", "--all", "--name"]),
  ]);
  const domains = await Promise.all([
    ...(containers ?? []).filter(concerned).map((name) => domain("container", containerUri, name)),
    ...(machines ?? []).filter(concerned).map((name) => domain("machine", machineUri, name)),
  ]);
  return {
    domains,
    networks: (networks ?? []).filter(stackOfCluster),
    pools: (pools ?? []).filter(stackOfCluster),
    processes: processes(concerned),
    mounts: mounts(),
    cgroups: cgroups("/sys/fs/cgroup", cgroupDepth),
    directories: directories(),
    silent: [
      ...(containers === undefined ? [containerUri] : []),
      ...([machines, networks, pools].includes(undefined) ? [machineUri] : []),
    ],
  };
}

/** What is mounted now. */
export function mounts(): Mount[] {
  return parseMountinfo(readFileSync("/proc/self/mountinfo", "utf8"));
}

async function domain(
  kind: SurveyedDomain["kind"],
  uri: string,
  name: string,
): Promise<SurveyedDomain> {
  const { failed, stdout } = await virsh(uri, ["dumpxml", name]);
  return { kind, name, xml: failed ? "" : stdout };
}

function processes(concerned: (domain: string) => boolean): SurveyedProcess[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry): SurveyedProcess[] => {
      const employer = employerOf(words(`/proc/${entry}/cmdline`), words(`/proc/${entry}/environ`));
      if (!employer?.name.startsWith("schedlab-")) return [];
      const process = { pid: Number(entry), employer };
      if (employer.kind !== "container" || !concerned(employer.name)) return [process];
      const root = parseMountinfo(text(`/proc/${entry}/mountinfo`)).findLast(
        ({ target }) => target === "/",
      );
      return [root === undefined ? process : { ...process, root }];
    });
}

function cgroups(directory: string, depth: number): SurveyedCgroup[] {
  return subdirectories(directory).flatMap((entry): SurveyedCgroup[] => {
    const file = path.join(directory, entry);
    const name = cgroupName(entry);
    if (name !== undefined) return [{ path: file, name, members: members(file) }];
    return depth > 0 ? cgroups(file, depth - 1) : [];
  });
}

function members(cgroup: string): number[] {
  return [
    ...text(path.join(cgroup, "cgroup.procs")).split("\n").filter(Boolean).map(Number),
    ...subdirectories(cgroup).flatMap((name) => members(path.join(cgroup, name))),
  ];
}

function directories(): SurveyedDirectory[] {
  return subdirectories(stacksDirectory)
    .filter(stackOfCluster)
    .map((name) => ({
      name,
      nodes: subdirectories(path.join(stacksDirectory, name))
        .filter(stackOfDomain)
        .map((node) => {
          const file = path.join(stacksDirectory, name, node, "controller");
          const controller = Number(text(file).trim());
          return controller > 0 ? { name: node, controller } : { name: node };
        }),
    }));
}

/** Without symbolic links. None when there is no such directory. */
function subdirectories(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** A file's text; empty when it is not there, such as that of a process that has ended. */
function text(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Words of a file of /proc. */
function words(file: string): string[] {
  return text(file).split("\0");
}
