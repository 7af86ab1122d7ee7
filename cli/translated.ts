import { existsSync, mkdirSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { Failure } from "../base/failure";
import { writeWhole } from "../base/whole-file";
import { planCluster } from "../infra/plan";
import type { Change } from "../infra/schedulers/changes";
import { policyFiles, siteChanges } from "../infra/schedulers/registry";
import { withSite } from "../infra/site";
import { isEmulated, schedulerNodes } from "../spec/emulated";
import { parseSpec } from "../spec/parse";
import { type Problem, SpecError, show } from "../spec/problems";
import { knownScheduler, type SchedulerKind, schedulerKinds } from "../spec/scheduler";
import { specFacts } from "../spec/schedulers/facts";

/** A site's configuration as a cluster here would have it. */
export interface Translated {
  /** What cannot work here; then there is nothing else. */
  readonly refused: readonly Problem[];
  readonly changes: readonly Change[];
  readonly files: readonly { readonly name: string; readonly content: string }[];
  /** Lines on what is kept. */
  readonly summary: readonly string[];
}

export interface TranslationOptions {
  readonly scheduler: string | undefined;
  readonly set: Readonly<Record<string, string>>;
  /** Of the workload. */
  readonly users: number;
}

/** The translation of the files at a path, which starts at the current directory. */
export function translated(where: string, options: TranslationOptions): Translated {
  const nothing = { changes: [], files: [], summary: [] };
  const place = path.resolve(where);
  const kind = kindOf(place, options.scheduler);
  if (typeof kind !== "string") return { refused: [kind], ...nothing };
  const isDirectory = existsSync(place) && statSync(place).isDirectory();
  const named = isDirectory ? { directory: place } : { configFile: place };
  const set = Object.keys(options.set).length === 0 ? {} : { set: options.set };
  // Roomy: whether the domains are large enough is for a stack's file to say.
  const roomy = { controller: { memory: "16GiB" }, nodes: { memory: "16GiB" } };
  try {
    const spec = parseSpec(
      withSite({
        topology: roomy,
        scheduler: { kind, site: { ...named, ...set } },
        workload: { users: { count: options.users } },
      }),
    );
    const plan = planCluster(spec, { stack: "site" });
    const nodes = schedulerNodes(spec.topology, plan.nodes);
    return {
      refused: [],
      changes: siteChanges(spec, plan),
      files: policyFiles(spec, plan).map(({ path: file, content }) => ({
        name: path.basename(file),
        content,
      })),
      summary: isEmulated(spec.topology)
        ? [
            `${nodes.length} nodes on ${spec.topology.nodes.count} ${spec.topology.nodes.count === 1 ? "domain" : "domains"}, ${plan.partitions.length} partitions; everything else is kept as it is`,
          ]
        : ["everything else is kept as it is"],
    };
  } catch (error) {
    if (error instanceof SpecError) return { refused: error.problems, ...nothing };
    throw error;
  }
}

/** @throws Failure where the translated files would take the place of the site's own. */
export function refuseOriginals(where: string, out: string): void {
  if (!existsSync(where) || !existsSync(out)) return;
  const own = statSync(where).isDirectory() ? where : path.dirname(where);
  if (realpathSync(own) !== realpathSync(out)) return;
  throw new Failure(`--out ${out} is the site's own directory, whose files would be overwritten`, {
    remedy: "name another directory",
  });
}

export function writeTranslated(out: string, files: Translated["files"]): void {
  mkdirSync(out, { recursive: true });
  for (const { name, content } of files) writeWhole(path.join(out, name), content);
}

/** The scheduler whose main file it is, or that has one in the directory. */
function kindOf(place: string, asked: string | undefined): SchedulerKind | Problem {
  if (asked !== undefined) {
    const known = knownScheduler(asked);
    const message = `expected one of ${schedulerKinds.join(", ")}, got ${show(asked)}`;
    return known ?? { path: "--scheduler", message };
  }
  const found = schedulerKinds.find((kind) => {
    const { main } = specFacts[kind].site;
    return path.basename(place) === main || existsSync(path.join(place, main));
  });
  const names = schedulerKinds.map((kind) => specFacts[kind].site.main).join(", ");
  const message = `expected ${names} in it or as its name; --scheduler says whose configuration it is`;
  return found ?? { path: place, message };
}
