import { statSync } from "node:fs";
import path from "node:path";
import { repoRoot } from "../base/paths";
import type { ListedNodes } from "../spec/emulated-list";
import { isObject } from "../spec/fields";
import { expandNames } from "../spec/hostlist";
import { type Problem, SpecError } from "../spec/problems";
import { defaultSchedulerKind, knownScheduler, schedulerKinds } from "../spec/scheduler";
import { specFacts } from "../spec/schedulers/facts";
import type { TakenSite } from "../spec/schedulers/site-files";
import { asProblem } from "../spec/schedulers/site-problem";
import { type Place, readSiteFiles } from "./site-files";

type Raw = Readonly<Record<string, unknown>>;

/** Nodes on one domain, where nobody says how many domains there are. */
const nodesPerDomain = 500;

/**
 * A tuple as it was written, with the content of a site's files in the place of their paths, so that the content
 * is what identifies the tuple: `scheduler.site`, the policy that it amounts to, and its nodes as the topology's
 * where the topology says nothing of its own. Whatever has another form is left to the schema.
 * @throws SpecError when a file cannot be read, or says what cannot work here: with file and line.
 */
export function withSite(tuple: Raw, place: Place = {}): Raw {
  const listed = withListedNodes(tuple, place);
  const { scheduler } = listed;
  if (!isObject(scheduler) || !isObject(scheduler.site) || scheduler.site.files !== undefined) {
    return listed;
  }
  const kind = knownScheduler(
    typeof scheduler.kind === "string" ? scheduler.kind : defaultSchedulerKind,
  );
  if (kind === undefined) return listed;
  const at = "scheduler.site";
  const facts = specFacts[kind].site;
  const { site } = scheduler;
  const read = readSiteFiles(facts, site, at, place);
  const set = isObject(site.set) ? textsOf(site.set) : {};
  const users = isObject(site.users) ? textsOf(site.users) : {};
  const taken = facts.take(read.files, { set, users, including: read.including });
  const problems = [
    ...taken.problems.map((problem) => asProblem(at, problem)),
    ...(scheduler.policy === undefined
      ? []
      : [
          {
            path: "scheduler.policy",
            message:
              "the site's file says what the policy is; leave out scheduler.policy or scheduler.site",
          },
        ]),
  ];
  if (problems.length > 0) throw new SpecError(problems);
  const rest = Object.entries(site).filter(
    ([key]) => key !== "directory" && facts.files[key] === undefined,
  );
  return {
    ...listed,
    scheduler: {
      ...scheduler,
      policy: taken.policy,
      site: {
        ...Object.fromEntries(rest),
        ...(isObject(site.set) && taken.set !== undefined
          ? { set: { ...site.set, ...taken.set } }
          : {}),
        files: taken.files,
      },
    },
    ...withUsers(listed, taken),
    ...(taken.nodes === undefined ? {} : { topology: withNodes(listed.topology, taken.nodes) }),
  };
}

/** As many users as a workload has that does not say. */
const usualUsers = 3;

/** A log's users are the same people as the site's: one of ours stands for both. */
function withUsers({ workload }: Raw, { users: standing }: TakenSite): Raw {
  if (standing === undefined || !isObject(workload) || workload.kind !== "trace") return {};
  const users = workload.users === undefined ? {} : workload.users;
  if (!isObject(users) || users.names !== undefined || users.mapping === "by-job") return {};
  const count = users.count === undefined ? usualUsers : Number(users.count);
  if (!Number.isInteger(count) || count < 1 || count > 99) return {};
  return { workload: { ...workload, users: { ...users, names: standing(count) } } };
}

function textsOf(values: Raw): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      ["string", "number", "boolean"].includes(typeof value) ? [[key, String(value)]] : [],
    ),
  );
}

/** The topology with these nodes, unless it says how its nodes are emulated. */
function withNodes(topology: unknown, list: ListedNodes): unknown {
  const own = topology === undefined ? {} : topology;
  if (!isObject(own)) return topology;
  const nodes = own.nodes === undefined ? {} : own.nodes;
  if (!isObject(nodes) || nodes.emulated !== undefined || own.pools !== undefined) return topology;
  return { ...own, nodes: { ...nodes, emulated: list, count: nodes.count ?? domainsFor(list) } };
}

function domainsFor({ nodes }: ListedNodes): number {
  const count = nodes.reduce((sum, { names }) => sum + expandNames(names).length, 0);
  return Math.max(1, Math.ceil(count / nodesPerDomain));
}

function isDirectory(file: string, { root = repoRoot }: Place): boolean {
  return statSync(path.resolve(root, file), { throwIfNoEntry: false })?.isDirectory() === true;
}

/** `topology.nodes.emulated: {from: list, file: …}`: the nodes of a site under any scheduler. */
function withListedNodes(tuple: Raw, place: Place): Raw {
  const { topology } = tuple;
  if (!isObject(topology) || !isObject(topology.nodes)) return tuple;
  const { emulated } = topology.nodes;
  if (!isObject(emulated) || typeof emulated.file !== "string") return tuple;
  const at = "topology.nodes.emulated.file";
  const { file, ...said } = emulated;
  const problems: Problem[] = [];
  const named = isDirectory(file, place) ? { directory: file } : { configFile: file };
  for (const kind of schedulerKinds) {
    const facts = specFacts[kind].site;
    let taken: TakenSite;
    try {
      const read = readSiteFiles(facts, named, at, place);
      if (read.files[facts.main] === undefined) continue;
      taken = facts.take(read.files, { set: {}, users: {}, including: read.including });
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      problems.push(...error.problems);
      continue;
    }
    // What only the scheduler could not do is no matter of its nodes.
    if (taken.misread !== undefined && taken.misread.length > 0) {
      throw new SpecError(taken.misread.map((problem) => asProblem(at, problem)));
    }
    if (taken.nodes === undefined) continue;
    const { emulated: _, ...nodes } = topology.nodes;
    const whole = withNodes({ ...topology, nodes }, { ...taken.nodes, ...said, from: "list" });
    return { ...tuple, ...withUsers(tuple, taken), topology: whole };
  }
  const message = `expected a site's configuration that names its nodes, or a directory with one, got ${file}`;
  throw new SpecError(problems.length > 0 ? problems.slice(0, 1) : [{ path: at, message }]);
}
