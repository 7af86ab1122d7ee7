import {
  clusterName,
  isPlacedIn,
  probeDomain,
  stackDirectory,
  stackOfCluster,
  stackOfDomain,
  stacksDirectory,
} from "./owner";
import { type HostSurvey, type SurveyedCgroup, surveyHost } from "./survey";

type LeftoverKind =
  | "container"
  | "machine"
  | "network"
  | "pool"
  | "process"
  | "mount"
  | "cgroup"
  | "directory";

/** One thing on this host that belongs to a stack. */
export interface Leftover {
  readonly kind: LeftoverKind;
  /** Name of the domain, network, pool or directory that it belongs to. */
  readonly owner: string;
  /** Path, process id or name. */
  readonly what: string;
}

/** Something that may be a stack's and may be another's: it is left alone. */
export interface Doubt {
  readonly what: string;
  readonly why: string;
}

export interface Leftovers {
  readonly own: readonly Leftover[];
  readonly doubtful: readonly Doubt[];
}

/** What belongs to `stack`, or to any stack; nothing after a clean `pulumi destroy`. */
export async function findLeftovers(stack?: string): Promise<Leftovers> {
  return leftoversOf(await surveyHost(stack), stack);
}

/** Like `findLeftovers`, but only what certainly belongs to a stack. */
export async function listLeftovers(stack?: string): Promise<readonly Leftover[]> {
  return (await findLeftovers(stack)).own;
}

/** One line a leftover, or one that says that there are none. */
export function leftoverLines(found: readonly Leftover[]): string[] {
  if (found.length === 0) return ["nothing is left"];
  return found.map(({ kind, owner, what }) =>
    owner === what ? `${kind} ${owner}` : `${kind} ${what} (${owner})`,
  );
}

/**
 * Divides what a survey found: what is certainly the stack's, or any stack's, and what could be but
 * need not. Networks, pools and directories go by their exact name, domains by their name and by what
 * proves that schedlab placed them in this stack. Pure.
 */
export function leftoversOf(survey: HostSurvey, stack?: string): Leftovers {
  const isCluster = (name: string) =>
    stack === undefined ? stackOfCluster(name) !== undefined : name === clusterName(stack);
  const isDomain = (name: string) =>
    stack === undefined
      ? stackOfDomain(name) !== undefined || name === probeDomain
      : stackOfDomain(name) === stack;
  const isOwn = (name: string) => isDomain(name) && isProven(survey, name);
  const foreign = survey.domains.filter(({ name }) => isDomain(name) && !isOwn(name));
  const sorted = survey.cgroups.map((cgroup) => ({
    cgroup,
    domain: domainOfCgroup(cgroup, survey),
  }));
  return {
    own: [
      ...survey.domains
        .filter(({ name }) => isOwn(name))
        .map(({ kind, name }) => named(kind, name)),
      ...survey.networks.filter(isCluster).map((name) => named("network", name)),
      ...survey.pools.filter(isCluster).map((name) => named("pool", name)),
      ...survey.processes
        .filter(({ employer: { kind, name } }) =>
          kind === "network" ? isCluster(name) : isOwn(name),
        )
        .map(({ pid, employer }) => leftover("process", employer.name, String(pid))),
      ...survey.mounts.flatMap(({ target }) => {
        const owner = ownerOfPath(target);
        return owner !== undefined && isCluster(owner.cluster)
          ? [leftover("mount", owner.domain ?? owner.cluster, target)]
          : [];
      }),
      ...sorted.flatMap(({ cgroup, domain }) =>
        domain !== undefined && isDomain(domain) && !foreign.some(({ name }) => name === domain)
          ? [leftover("cgroup", domain, cgroup.path)]
          : [],
      ),
      ...survey.directories
        .filter(({ name }) => isCluster(name))
        .map(({ name }) => leftover("directory", name, stackDirectory(name))),
    ],
    doubtful: [
      ...survey.silent.map((uri) => ({
        what: uri,
        why: "does not answer: what it has is unknown",
      })),
      ...foreign.map(({ kind, name }) => ({
        what: `${kind} ${name}`,
        why: "has the name of a node, but is not in the stack's directory",
      })),
      ...sorted.flatMap(({ cgroup, domain }) =>
        domain === undefined && canBe(cgroup.name.domain, stack)
          ? [{ what: `cgroup ${cgroup.path}`, why: "its name is shortened, and can be another's" }]
          : [],
      ),
    ],
  };
}

/** Names of the containers to which any of the leftovers belongs. Pure. */
export function containersOf(survey: HostSurvey, own: readonly Leftover[]): Set<string> {
  const pids = new Set(
    survey.processes
      .filter(({ employer }) => employer.kind === "container")
      .map(({ pid }) => String(pid)),
  );
  const isOfContainer = ({ kind, owner, what }: Leftover) =>
    kind === "container" ||
    (kind === "process" && pids.has(what)) ||
    (kind === "mount" && what.endsWith(`/${owner}/merged`)) ||
    (kind === "cgroup" && what.endsWith(`/node-${owner}`));
  return new Set(own.filter(isOfContainer).map(({ owner }) => owner));
}

function leftover(kind: LeftoverKind, owner: string, what: string): Leftover {
  return { kind, owner, what };
}

function named(kind: LeftoverKind, name: string): Leftover {
  return leftover(kind, name, name);
}

/** Cluster and node of a path in or below a stack's directory. */
function ownerOfPath(file: string): { cluster: string; domain?: string } | undefined {
  if (!file.startsWith(`${stacksDirectory}/`)) return undefined;
  const [cluster = "", node = ""] = file.slice(stacksDirectory.length + 1).split("/");
  const stack = stackOfCluster(cluster);
  if (stack === undefined) return undefined;
  return stackOfDomain(node) === stack ? { cluster, domain: node } : { cluster };
}

/**
 * Whether a domain of this name was placed in its stack by schedlab: by libvirt's definition while it
 * has one, else by the directory, the mount or the root of the processes that it has left.
 */
function isProven(survey: HostSurvey, name: string): boolean {
  const stack = stackOfDomain(name);
  // The probe's name can be no stack's node.
  if (stack === undefined) return name === probeDomain;
  const defined = survey.domains.filter((domain) => domain.name === name);
  if (defined.some(({ xml }) => xml !== "")) {
    return defined.some(({ xml }) => isPlacedIn(xml, stack));
  }
  const cluster = clusterName(stack);
  const home = `${stackDirectory(cluster)}/${name}`;
  return (
    survey.directories.some(
      (directory) =>
        directory.name === cluster && directory.nodes.some((node) => node.name === name),
    ) ||
    survey.mounts.some(({ target, source }) => source === name && target === `${home}/merged`) ||
    survey.processes.some(
      ({ employer, root }) =>
        employer.name === name &&
        root?.source === name &&
        root.options.split(",").includes(`upperdir=${home}/upper`),
    )
  );
}

/**
 * The domain of a cgroup. A shortened name is completed only by what is certain: the names of the
 * processes that the group belongs to, or the process id that the create script recorded.
 */
function domainOfCgroup({ name, members }: SurveyedCgroup, survey: HostSurvey): string | undefined {
  if (name.whole) return name.domain;
  const live = survey.processes.filter(
    ({ pid, employer }) =>
      employer.kind !== "network" && (members.includes(pid) || pid === name.controller),
  );
  const candidates = new Set(
    live.map(({ employer }) => employer.name).filter((full) => full.startsWith(name.domain)),
  );
  if (candidates.size > 0) return candidates.size === 1 ? [...candidates][0] : undefined;
  if (members.length > 0 || live.length > 0 || name.controller === undefined) return undefined;
  return survey.directories
    .flatMap(({ nodes }) => nodes)
    .find((node) => node.controller === name.controller && node.name.startsWith(name.domain))?.name;
}

/** Whether a shortened name may stand for one of the stack's nodes. */
function canBe(shortened: string, stack: string | undefined): boolean {
  if (stack === undefined) return true;
  const start = `${clusterName(stack)}-`;
  return start.startsWith(shortened) || shortened.startsWith(start);
}
