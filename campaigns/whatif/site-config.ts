import { hash } from "node:crypto";
import path from "node:path";
import { canonicalJson } from "../../base/canonical-json";
import { Failure } from "../../base/failure";
import { isObject } from "../../spec/fields";
import type { SchedulerKind } from "../../spec/scheduler";
import { specFacts } from "../../spec/schedulers/facts";
import type { ConfigTexts, SiteConfigFacts } from "../../spec/schedulers/site-config";
import { readSection } from "../../spec/sections";
import { type Layer, layerAt, sectionOf } from "../plan/layer";
import type { Change } from "./change";

/** A file of the site's own configuration. */
export interface SiteFile extends ConfigTexts {
  /** As the user named it. */
  readonly name: string;
  /** The same, absolute. */
  readonly file: string;
  /** Where the site's other files are; absolute. */
  readonly directory: string;
  /** The site's other files by the keys of the tuple that name them; absolute. */
  readonly others: Readonly<Record<string, string>>;
}

/** What a question says of the site's configuration file. */
export interface SiteQuestion {
  readonly changes: readonly Change[];
  /** The file as it is, and as it would be in place of changes. */
  readonly config: SiteFile | null;
  readonly otherConfig: SiteFile | null;
  /** Directory for the files of both sides, which are named by their content. */
  readonly files: string;
}

export interface SitedLayers {
  readonly now: Layer;
  readonly changed: Layer;
  /** Files that both name, with absolute paths. */
  readonly files: readonly { readonly file: string; readonly text: string }[];
}

/** Keys of the tuple, whatever its scheduler. */
const fileKey = "scheduler.site.configFile";
const directoryKey = "scheduler.site.directory";

interface StackSite {
  readonly file: string | null;
  /** Where the site's other files are. */
  readonly directory: string | null;
}

/** The site's configuration file that the stack names; paths are as they are written there. */
export function siteConfigOf(stack: Layer): StackSite {
  const file = textAt(stack, fileKey);
  const directory = textAt(stack, directoryKey) ?? (file === null ? null : path.dirname(file));
  const { main } = specFacts[schedulerOf(stack)].site;
  return { directory, file: file ?? (directory === null ? null : path.join(directory, main)) };
}

export function schedulerOf(stack: Layer): SchedulerKind {
  return readSection("scheduler", stack.scheduler).value.kind;
}

/** How parameters are changed in the file; absent where that is done in a copy of it. */
export function parameterFacts(stack: Layer): SiteConfigFacts | undefined {
  return specFacts[schedulerOf(stack)].siteConfig;
}

function valueAt(stack: Layer, key: string): unknown {
  return key
    .split(".")
    .reduce<unknown>((held, part) => (isObject(held) ? held[part] : undefined), stack);
}

function textAt(stack: Layer, key: string): string | null {
  const found = valueAt(stack, key);
  return typeof found === "string" ? found : null;
}

function mappingAt(stack: Layer, key: string): Readonly<Record<string, unknown>> {
  const found = valueAt(stack, key);
  return isObject(found) ? found : {};
}

/** Both sides with a file of their own where a parameter is changed, or a second file is given. */
export function withSiteConfig(
  now: Layer,
  changed: Layer,
  { changes, config, otherConfig, files }: SiteQuestion,
): SitedLayers {
  const parameters = changes.filter(({ kind }) => kind === "parameter");
  if (parameters.length === 0 && config === null && otherConfig === null) {
    return { now, changed, files: [] };
  }
  const [example] = parameters;
  const facts = parameterFacts(now);
  if (example !== undefined && facts === undefined) throw unchangeable(example, config);
  if (config === null) {
    throw new Failure(
      example === undefined
        ? "there is no configuration file to compare the second one with"
        : `${example.text} is a parameter of the site's configuration file, and there is none`,
      {
        remedy: `name the file with --config FILE or in the stack as ${fileKey}, or change a key of the stack with --set schedlab:scheduler.policy…=VALUE`,
      },
    );
  }
  const other = otherConfig ?? config;
  if (facts === undefined) {
    return { now: named(now, config), changed: named(changed, other), files: [] };
  }
  const texts = parameters.reduce<ConfigTexts>((before, { text: assignment }) => {
    refuseOverridden(changed, assignment, facts);
    const result = facts.withParameter(before, assignment);
    if ("text" in result) return result;
    throw new Failure(`${assignment}: ${result.refused}`, {
      remedy: "give a changed copy of the file with --with FILE",
    });
  }, other);
  const first = filesOf(config, facts, files);
  const second = filesOf({ ...other, ...texts }, facts, files);
  return {
    now: named(now, { ...config, file: first.main }),
    changed: named(changed, { ...other, file: second.main }),
    files: [...first.all, ...second.all],
  };
}

/** What can be done in place of changing a parameter depends on whether there is a site's file. */
function unchangeable({ text }: Change, config: SiteFile | null): Failure {
  return new Failure(
    `${text} names no key of the stack, and this scheduler's own file is changed as a whole`,
    {
      remedy:
        config === null
          ? "change a key of the stack with --set schedlab:scheduler.policy…=VALUE, or give the site's file with --config FILE and a changed copy with --with FILE"
          : "give a changed copy of the file with --with FILE",
    },
  );
}

/** A side with its file, and with the site's other files as far as the stack names none. */
function named(side: Layer, { file, directory, others }: SiteFile): Layer {
  // The site's file says what the policy is.
  const { policy: _, ...scheduler } = isObject(side.scheduler) ? side.scheduler : {};
  const beside = Object.entries(others).filter(([key]) => textAt(side, key) === null);
  const layers = [...beside, [directoryKey, directory], [fileKey, file]] as const;
  const sited = sectionOf("scheduler", [
    { scheduler },
    ...layers.map(([key, value]) => layerAt(key, value)),
  ]);
  return { ...side, scheduler: sited };
}

/** A setting over the file's would make the change one without any effect. */
function refuseOverridden(layer: Layer, assignment: string, { setKey }: SiteConfigFacts): void {
  const [name = ""] = assignment.split("=");
  const key = Object.keys(mappingAt(layer, setKey)).find(
    (one) => one.toLowerCase() === name.trim().toLowerCase(),
  );
  if (key === undefined) return;
  throw new Failure(
    `${assignment} would have no effect: the stack's ${setKey} has ${key}, which stands over the file`,
    {
      remedy: `change that with --set schedlab:${setKey}.${key}=VALUE, or take it out of the stack`,
    },
  );
}

/**
 * What has to be written of a file: a directory named by its content, with what it includes beside it. Copies
 * outlive the question, and need nothing that counts for nothing here.
 */
function filesOf({ name, ...texts }: SiteFile, facts: SiteConfigFacts, files: string) {
  const text = facts.withoutSecrets(texts.text);
  const included = Object.fromEntries(
    Object.entries(texts.included).map(([beside, own]) => [beside, facts.withoutSecrets(own)]),
  );
  const content = canonicalJson({ text, included });
  const directory = path.join(files, hash("sha256", content).slice(0, 16));
  const main = path.join(directory, path.basename(name));
  const further = Object.entries(included).map(([beside, own]) => ({
    file: path.join(directory, beside),
    text: own,
  }));
  return { main, all: [...further, { file: main, text }] };
}
