import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse as parseToml } from "smol-toml";
import { parse as parseYaml } from "yaml";
import { repoRoot } from "../base/paths";
import { messageOf } from "../base/thrown";
import type { ListedNodes } from "../spec/emulated-list";
import { isObject } from "../spec/fields";
import { expandNames } from "../spec/hostlist";
import { type Problem, SpecError } from "../spec/problems";
import { defaultSchedulerKind, knownScheduler, schedulerKinds } from "../spec/scheduler";
import { specFacts } from "../spec/schedulers/facts";
import type { SiteFacts, SiteFiles, TakenSite } from "../spec/schedulers/site-files";
import { asProblem } from "../spec/schedulers/site-problem";

type Raw = Readonly<Record<string, unknown>>;

/** Where the project's files begin. */
interface Place {
  readonly root?: string;
}

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
  const read = readFiles(facts, site, at, place);
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
      site: { ...Object.fromEntries(rest), files: taken.files },
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

/** `topology.nodes.emulated: {from: list, file: …}`: the nodes of a site under any scheduler. */
function withListedNodes(tuple: Raw, place: Place): Raw {
  const { topology } = tuple;
  if (!isObject(topology) || !isObject(topology.nodes)) return tuple;
  const { emulated } = topology.nodes;
  if (!isObject(emulated) || typeof emulated.file !== "string") return tuple;
  const at = "topology.nodes.emulated.file";
  const { file, ...said } = emulated;
  const problems: Problem[] = [];
  for (const kind of schedulerKinds) {
    const facts = specFacts[kind].site;
    const named = path.extname(file) === "" ? { directory: file } : { configFile: file };
    let taken: TakenSite;
    try {
      const read = readFiles(facts, named, at, place);
      if (read.files[facts.main] === undefined) continue;
      taken = facts.take(read.files, { set: {}, users: {}, including: read.including });
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      problems.push(...error.problems);
      continue;
    }
    if (taken.nodes === undefined) continue;
    const { emulated: _, ...nodes } = topology.nodes;
    const whole = withNodes({ ...topology, nodes }, { ...taken.nodes, ...said, from: "list" });
    return { ...tuple, ...withUsers(tuple, taken), topology: whole };
  }
  const message = `expected a site's configuration that names its nodes, or a directory with one, got ${file}`;
  throw new SpecError(problems.length > 0 ? problems.slice(0, 1) : [{ path: at, message }]);
}

interface ReadFiles {
  readonly files: SiteFiles;
  readonly including: (name: string) => string | undefined;
}

/** The files that a site names, or that are in its directory. */
function readFiles(facts: SiteFacts, site: Raw, at: string, { root = repoRoot }: Place): ReadFiles {
  const problems: Problem[] = [];
  const files: Record<string, string> = {};
  const absolute = (name: string) => path.resolve(root, name);
  const directory = typeof site.directory === "string" ? absolute(site.directory) : undefined;
  const present = directory === undefined ? [] : entriesOf(directory, `${at}.directory`, problems);
  for (const [key, name] of Object.entries(facts.files)) {
    const named = site[key];
    const file =
      typeof named === "string"
        ? absolute(named)
        : directory !== undefined && present.includes(name)
          ? path.join(directory, name)
          : undefined;
    if (file === undefined) continue;
    const where = typeof named === "string" ? `${at}.${key}` : `${at}.directory`;
    const text = textOf(file, where, problems);
    if (text !== undefined) files[name] = asText(name, file, text, where, problems);
  }
  if (files[facts.main] === undefined && problems.length === 0) {
    const message = `expected ${facts.main}, the site's configuration: name it as configFile, or its directory`;
    problems.push({ path: at, message });
  }
  if (problems.length > 0) throw new SpecError(problems);
  const main =
    typeof site.configFile === "string" ? path.dirname(absolute(site.configFile)) : directory;
  return { files, including: (name) => included(main, name) };
}

function entriesOf(directory: string, at: string, problems: Problem[]): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    problems.push({ path: at, message: `cannot be read: ${messageOf(error)}` });
    return [];
  }
}

/** A few MiB are far more than any site's configuration. */
const mostBytes = 8 * 1024 ** 2;

function textOf(file: string, at: string, problems: Problem[]): string | undefined {
  try {
    const bytes = readFileSync(file);
    if (bytes.length <= mostBytes) return bytes.toString("utf8");
    problems.push({
      path: at,
      message: `expected at most ${mostBytes} bytes, got ${bytes.length}`,
    });
  } catch (error) {
    problems.push({ path: at, message: `cannot be read: ${messageOf(error)}` });
  }
  return undefined;
}

/** Files in YAML and TOML become JSON, which needs no further reader. */
function asText(name: string, file: string, text: string, at: string, problems: Problem[]): string {
  try {
    if (name.endsWith(".yaml")) return JSON.stringify(parseYaml(text) ?? {});
    if (name.endsWith(".toml")) return JSON.stringify(parseToml(text));
  } catch (error) {
    problems.push({ path: at, message: `${path.basename(file)}: ${messageOf(error)}` });
  }
  return text;
}

/** A file that another includes: beside it, or where the site's own path leads to, by its last part. */
function included(directory: string | undefined, name: string): string | undefined {
  if (directory === undefined) return undefined;
  for (const candidate of [name, path.basename(name)]) {
    const file = path.resolve(directory, candidate);
    // A path out of the site's own machine is no path here.
    if (!file.startsWith(`${directory}${path.sep}`)) continue;
    const text = textOf(file, "", []);
    if (text !== undefined) return text;
  }
  return undefined;
}
