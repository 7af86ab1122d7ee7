import { hash } from "node:crypto";
import path from "node:path";
import { canonicalJson } from "../../base/canonical-json";
import { Failure } from "../../base/failure";
import { pathProblem } from "../../spec/campaign/tuple-keys";
import { isObject } from "../../spec/fields";
import { SpecError } from "../../spec/problems";
import { specFacts } from "../../spec/schedulers/facts";
import type { SiteConfigFacts } from "../../spec/schedulers/site-config";
import { readSection, type Section, sections } from "../../spec/sections";
import { type Layer, layerAt, sectionOf } from "../plan/layer";
import type { Change } from "./change";

/** A file of the site's own configuration. */
export interface SiteFile {
  /** As the user named it. */
  readonly name: string;
  readonly text: string;
}

export interface Question {
  /** The stack as it is written. */
  readonly stack: Layer;
  /** A log to replay in place of the stack's own workload. */
  readonly trace: string | null;
  readonly changes: readonly Change[];
  /** The stack as it would be, in place of changes. */
  readonly otherStack: Layer | null;
  /** The scheduler's configuration file as it is, and as it would be in place of changes. */
  readonly config: SiteFile | null;
  readonly otherConfig: SiteFile | null;
  /** Directory for the configuration files of both sides, which are named by their content. */
  readonly files: string;
  /** DuckDB file in place of the stack's own; null: its own. */
  readonly store: string | null;
}

/** What the two sides differ in, as comparisons of runs know it. */
export type WhatVaries = "policy" | "scheduler" | "topology";

/** The configuration as it is and as it would be; nothing has been written. */
export interface Configurations {
  readonly now: Layer;
  readonly changed: Layer;
  readonly varied: WhatVaries;
  /** What is otherwise, one text for each change. */
  readonly changes: readonly string[];
  /** Files that both name, with absolute paths. */
  readonly files: readonly { readonly file: string; readonly text: string }[];
}

/**
 * The two sides of a question. Pure. Throws Failure where there is no change, where it is not of the
 * scheduler or the cluster alone, or where a parameter cannot be changed; SpecError for a wrong value.
 */
export function configurationsOf(question: Question): Configurations {
  const { stack, changes, otherStack, otherConfig } = question;
  if (changes.length === 0 && otherStack === null && otherConfig === null) {
    throw new Failure("nothing is to be changed", {
      remedy: "say what with --set NAME=VALUE, or give a second file with --with FILE",
    });
  }
  const now = asked(stack, question);
  const keys = changes.filter((change) => change.kind === "key");
  const other = asked(otherStack ?? stack, question);
  const set = keys.reduce<Layer>(withKey, other);
  const sited = withSiteConfig(now, { ...set, run: now.run }, question);
  return {
    ...sited,
    varied: whatVaries(sited.now, sited.changed),
    changes: [
      ...(otherStack === null ? [] : ["the second stack file"]),
      ...(otherConfig === null ? [] : [`the configuration file ${otherConfig.name}`]),
      ...changes.map(({ text }) => text),
    ],
  };
}

/** The site's configuration file that the stack names, if its scheduler can be given one. */
export function siteConfigOf(
  stack: Layer,
): { readonly facts: SiteConfigFacts; readonly file: string | null } | null {
  const { value } = readSection("scheduler", stack.scheduler);
  const facts: SiteConfigFacts | undefined = specFacts[value.kind].siteConfig;
  if (facts === undefined) return null;
  const named = facts.key
    .split(".")
    .reduce<unknown>((held, key) => (isObject(held) ? held[key] : undefined), stack);
  return { facts, file: typeof named === "string" ? named : null };
}

/** Repeats belong to the comparison, and so does the choice of when to run. */
function asked(stack: Layer, { trace, store }: Question): Layer {
  const { repeat: _repeat, onUp: _onUp, ...run } = isObject(stack.run) ? stack.run : {};
  const workload =
    trace === null
      ? stack.workload
      : sectionOf("workload", [
          stack,
          { workload: { kind: "trace" } },
          { workload: { file: trace } },
        ]);
  return { ...stack, workload, run: { ...run, ...(store === null ? {} : { store }) } };
}

function withKey(stack: Layer, change: Change): Layer {
  if (change.kind !== "key") return stack;
  const { path: key, value, text } = change;
  const [section = ""] = key.split(".");
  if (section === "workload" || section === "run") {
    throw new Failure(`${text} changes the ${section}, but both sides have to do the same jobs`, {
      remedy:
        "change a key of scheduler, topology or image; edit the stack for another workload, which is another question",
    });
  }
  const name = section as Section;
  return { ...stack, [name]: sectionOf(name, [stack, layerAt(key, value)]) };
}

/** Both sides with a file of their own where a parameter is changed, or a second file is given. */
function withSiteConfig(
  now: Layer,
  changed: Layer,
  { changes, config, otherConfig, files }: Question,
): Pick<Configurations, "now" | "changed" | "files"> {
  const parameters = changes.filter(({ kind }) => kind === "parameter");
  if (parameters.length === 0 && config === null && otherConfig === null) {
    return { now, changed, files: [] };
  }
  const [example] = parameters;
  const site = siteConfigOf(now);
  if (site === null || pathProblem(site.facts.key) !== undefined) {
    throw new Failure("this scheduler takes no configuration file of a site's own", {
      remedy: "change a key of the stack with --set schedlab:scheduler.policy…=VALUE",
    });
  }
  if (config === null) {
    throw new Failure(
      example === undefined
        ? "there is no configuration file to compare the second one with"
        : `${example.text} is a parameter of the site's configuration file, and there is none`,
      {
        remedy: `name the file with --config FILE or in the stack as ${site.facts.key}, or change a key of the stack with --set schedlab:scheduler.policy…=VALUE`,
      },
    );
  }
  const text = parameters.reduce(
    (before, { text: assignment }) => {
      const result = site.facts.withParameter(before, assignment);
      if ("text" in result) return result.text;
      throw new Failure(`${assignment}: ${result.refused}`, {
        remedy: "give a changed copy of the file with --with FILE",
      });
    },
    (otherConfig ?? config).text,
  );
  const [first, second] = [config, { ...(otherConfig ?? config), text }].map((file) => ({
    file: path.join(files, `${hash("sha256", file.text).slice(0, 16)}-${path.basename(file.name)}`),
    text: file.text,
  }));
  if (first === undefined || second === undefined) throw new Error("two files");
  const named = (side: Layer, { file }: { readonly file: string }): Layer => ({
    ...side,
    scheduler: sectionOf("scheduler", [side, layerAt(site.facts.key, file)]),
  });
  return { now: named(now, first), changed: named(changed, second), files: [first, second] };
}

/** The section that differs, with its defaults filled in. What is wrong with it is told first. */
function whatVaries(now: Layer, changed: Layer): WhatVaries {
  const problems = sections.flatMap((name) => readSection(name, changed[name]).problems);
  if (problems.length > 0) throw new SpecError(problems);
  const differing = sections.filter((name) => valueText(name, now) !== valueText(name, changed));
  if (differing.length === 0) {
    throw new Failure("the change changes nothing: the stack says the same already", {
      remedy: "npx schedlab validate FILE --json shows what the stack says, with every default",
    });
  }
  const jobs = differing.find((name) => name === "workload" || name === "run");
  if (jobs !== undefined) {
    throw new Failure(`the two stacks differ in their ${jobs}, so that nothing else can be told`, {
      remedy: "let them differ in the scheduler or the topology alone",
    });
  }
  const topology = differing.includes("topology");
  if (topology && differing.length > 1) {
    throw new Failure(`the change is of ${differing.join(" and ")} at once`, {
      remedy: "change the scheduler or the topology, so that it is known what made the difference",
    });
  }
  if (topology) return "topology";
  const kind = (side: Layer) => readSection("scheduler", side.scheduler).value.kind;
  return differing.includes("image") || kind(now) !== kind(changed) ? "scheduler" : "policy";
}

/** What is measured does not depend on the store. */
function valueText(section: Section, side: Layer): string {
  const { value } = readSection(section, side[section]);
  return canonicalJson(isObject(value) ? { ...value, store: undefined } : (value ?? null));
}
