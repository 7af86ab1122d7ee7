import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse as parseToml } from "smol-toml";
import { parse as parseYaml } from "yaml";
import { repoRoot } from "../base/paths";
import { messageOf } from "../base/thrown";
import { type Problem, SpecError } from "../spec/problems";
import type { SiteFacts, SiteFiles } from "../spec/schedulers/site-files";

type Raw = Readonly<Record<string, unknown>>;

/** Where the project's files begin. */
export interface Place {
  readonly root?: string;
}

interface ReadFiles {
  readonly files: SiteFiles;
  readonly including: (name: string) => string | undefined;
}

/**
 * The files that a site names, or that are in its directory: that of the main file where none is named. `at` is the key of the specification that does.
 * @throws SpecError when one of them cannot be read, or the main one is not there.
 */
export function readSiteFiles(
  facts: SiteFacts,
  site: Raw,
  at: string,
  { root = repoRoot }: Place,
): ReadFiles {
  const problems: Problem[] = [];
  const files: Record<string, string> = {};
  const absolute = (name: string) => path.resolve(root, name);
  const main = typeof site.configFile === "string" ? absolute(site.configFile) : undefined;
  const directory = typeof site.directory === "string" ? absolute(site.directory) : undefined;
  const beside = directory ?? (main === undefined ? undefined : path.dirname(main));
  // Where the main file is not there either, that is what is said.
  const present = entriesOf(beside, `${at}.directory`, directory === undefined ? [] : problems);
  for (const [key, name] of Object.entries(facts.files)) {
    const named = site[key];
    const file =
      typeof named === "string"
        ? absolute(named)
        : beside !== undefined && present.includes(name)
          ? path.join(beside, name)
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
  const origins = new Set([
    ...(main === undefined ? [] : [path.dirname(main)]),
    ...(directory === undefined ? [] : [directory]),
    ...Object.keys(facts.files).flatMap((key) => {
      const named = site[key];
      return typeof named === "string" ? [path.dirname(absolute(named))] : [];
    }),
  ]);
  return { files, including: (name) => included([...origins], name) };
}

function entriesOf(directory: string | undefined, at: string, problems: Problem[]): string[] {
  if (directory === undefined) return [];
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

/**
 * A file that another includes: beside the main file first, then beside another of the site's; or
 * where the site's own path leads to, by its last part.
 */
function included(directories: readonly string[], name: string): string | undefined {
  for (const directory of directories) {
    for (const candidate of [name, path.basename(name)]) {
      const file = path.resolve(directory, candidate);
      // A path out of the site's own machine is no path here.
      if (!file.startsWith(`${directory}${path.sep}`)) continue;
      const text = textOf(file, "", []);
      if (text !== undefined) return text;
    }
  }
  return undefined;
}
