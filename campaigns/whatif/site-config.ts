import { hash } from "node:crypto";
import path from "node:path";
import { canonicalJson } from "../../base/canonical-json";
import { Failure } from "../../base/failure";
import { pathProblem } from "../../spec/campaign/tuple-keys";
import { isObject } from "../../spec/fields";
import { specFacts } from "../../spec/schedulers/facts";
import type { ConfigTexts, SiteConfigFacts } from "../../spec/schedulers/site-config";
import { readSection } from "../../spec/sections";
import { type Layer, layerAt, sectionOf } from "../plan/layer";
import type { Change } from "./change";

/** A file of the site's own configuration. */
export interface SiteFile extends ConfigTexts {
  /** As the user named it. */
  readonly name: string;
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

interface StackSite {
  readonly facts: SiteConfigFacts;
  readonly file: string | null;
  /** Where the site's other files are. */
  readonly directory: string | null;
}

/** The site's configuration file that the stack names, if its scheduler can be given one. */
export function siteConfigOf(stack: Layer): StackSite | null {
  const { value } = readSection("scheduler", stack.scheduler);
  const facts: SiteConfigFacts | undefined = specFacts[value.kind].siteConfig;
  if (facts === undefined) return null;
  const file = textAt(stack, facts.key);
  const directory =
    textAt(stack, facts.directoryKey) ?? (file === null ? null : path.dirname(file));
  return {
    ...{ facts, directory },
    file: file ?? (directory === null ? null : path.join(directory, facts.main)),
  };
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
  const other = otherConfig ?? config;
  const texts = parameters.reduce<ConfigTexts>((before, { text: assignment }) => {
    refuseOverridden(changed, assignment, site.facts);
    const result = site.facts.withParameter(before, assignment);
    if ("text" in result) return result;
    throw new Failure(`${assignment}: ${result.refused}`, {
      remedy: "give a changed copy of the file with --with FILE",
    });
  }, other);
  const first = filesOf(config, site.facts, files);
  const second = filesOf({ ...other, ...texts }, site.facts, files);
  return {
    now: named(now, first.main, config, site.facts),
    changed: named(changed, second.main, other, site.facts),
    files: [...first.all, ...second.all],
  };
}

/** A side with the copy of its file, and with the site's other files as far as the stack names none. */
function named(side: Layer, copy: string, file: SiteFile, facts: SiteConfigFacts): Layer {
  // The site's file says what the policy is.
  const { policy: _, ...scheduler } = isObject(side.scheduler) ? side.scheduler : {};
  const others = Object.entries(file.others).filter(([key]) => textAt(side, key) === null);
  const layers = [...others, [facts.directoryKey, file.directory], [facts.key, copy]] as const;
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
