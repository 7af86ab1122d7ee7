import { canonicalJson } from "../../base/canonical-json";
import { Failure } from "../../base/failure";
import { isObject } from "../../spec/fields";
import { SpecError } from "../../spec/problems";
import { readSection, type Section, sections } from "../../spec/sections";
import { type Layer, layerAt, sectionOf } from "../plan/layer";
import type { Change } from "./change";
import { type SitedLayers, type SiteQuestion, withSiteConfig } from "./site-config";

export interface Question extends SiteQuestion {
  /** The stack as it is written, in order. */
  readonly stack: Layer;
  /** A log to replay in place of the stack's own workload. */
  readonly trace: string | null;
  /** The stack as it would be, in place of changes. */
  readonly otherStack: Layer | null;
  /** DuckDB file in place of the stack's own; null: its own. */
  readonly store: string | null;
}

/** The configuration as it is and as it would be; nothing has been written. */
export interface Configurations extends SitedLayers {
  /** What is otherwise, one text for each change. */
  readonly changes: readonly string[];
}

/**
 * The two sides of a question. Pure. Throws Failure where there is no change, where it is of the jobs, or
 * where a parameter cannot be changed; SpecError for a wrong value. What varies is known once the files of
 * a site have been read: `whatVaries`.
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
  const sited = withSiteConfig(now, set, question);
  refuseUnanswerable(sited.now, sited.changed);
  return {
    ...sited,
    // It is the same but for the store, of which a campaign has one.
    changed: { ...sited.changed, run: now.run },
    changes: [
      ...(otherStack === null ? [] : ["the second stack file"]),
      ...(otherConfig === null ? [] : [`the configuration file ${otherConfig.name}`]),
      ...changes.map(({ text }) => text),
    ],
  };
}

/** Repeats belong to the comparison, and so does the choice of when to run. */
function asked(stack: Layer, { trace, store }: Question): Layer {
  const { repeat: _repeat, onUp: _onUp, ...run } = isObject(stack.run) ? stack.run : {};
  return {
    ...stack,
    workload: trace === null ? stack.workload : replayed(stack, trace),
    run: { ...run, ...(store === null ? {} : { store }) },
  };
}

/** The log in place of the stack's workload: whole, unless the stack says how many jobs of a log it replays. */
function replayed(stack: Layer, file: string): unknown {
  const own = isObject(stack.workload) ? stack.workload : {};
  const limited = (own.kind === undefined || own.kind === "trace") && own.jobs !== undefined;
  return sectionOf("workload", [
    stack,
    { workload: { kind: "trace" } },
    { workload: { file, ...(limited ? {} : { jobs: "all" }) } },
  ]);
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
  if (key === "topology.network.cidr") {
    throw new Failure(`${text} changes where the clusters are, which makes no difference to jobs`, {
      remedy:
        "set topology.network.cidr in the stack's file, which moves the clusters of both sides",
    });
  }
  const name = section as Section;
  return { ...stack, [name]: sectionOf(name, [stack, layerAt(key, value)]) };
}

/** What is wrong with a value is told first. */
function refuseUnanswerable(now: Layer, changed: Layer): void {
  const problems = sections.flatMap((name) => readSection(name, changed[name]).problems);
  if (problems.length > 0) throw new SpecError(problems);
  const differing = sections.filter((name) => valueText(name, now) !== valueText(name, changed));
  if (differing.length === 0) throw changesNothing();
  const jobs = differing.find((name) => name === "workload" || name === "run");
  if (jobs !== undefined) {
    throw new Failure(`the two stacks differ in their ${jobs}, so that nothing else can be told`, {
      remedy: "let them differ in the scheduler or the topology alone",
    });
  }
}

export function changesNothing(): Failure {
  return new Failure("the change changes nothing: the stack says the same already", {
    remedy: "npx schedlab validate FILE --json shows what the stack says, with every default",
  });
}

/** What is measured does not depend on the store. */
function valueText(section: Section, side: Layer): string {
  const { value } = readSection(section, side[section]);
  return canonicalJson(isObject(value) ? { ...value, store: undefined } : (value ?? null));
}
