import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../base/failure";
import { repoRoot } from "../base/paths";
import type { Layer } from "../campaigns/plan/layer";
import type { Question } from "../campaigns/whatif/configurations";
import {
  parameterFacts,
  type SiteFile,
  schedulerOf,
  siteConfigOf,
} from "../campaigns/whatif/site-config";
import type { SchedulerKind } from "../spec/scheduler";
import { specFacts } from "../spec/schedulers/facts";
import type { SiteConfigFacts } from "../spec/schedulers/site-config";

interface NamedFiles {
  readonly file: string | undefined;
  readonly other: string | undefined;
  /** Whether the stack's own file is needed where no other is named. */
  readonly changesFile: boolean;
}

type Place = Pick<SiteFile, "directory" | "others">;

/**
 * The site's file as it is and as it would be. A file that is named brings the site's other files that lie
 * beside it; those that do not are the stack's, and of the second file those of the first. @throws Failure.
 */
export async function siteFiles(
  stack: Layer,
  { file, other, changesFile }: NamedFiles,
): Promise<Pick<Question, "config" | "otherConfig">> {
  const kind = schedulerOf(stack);
  const facts = parameterFacts(stack);
  const site = siteConfigOf(stack);
  const read = async (name: string, { directory, others }: Place): Promise<SiteFile> => ({
    ...(await readSite(name, facts)),
    ...{ directory, others },
  });
  const placeOf = (name: string, before: Place["others"]): Place => {
    const directory = directoryOf(name);
    return { directory, others: { ...before, ...filesBeside(kind, directory) } };
  };
  const own = site.directory === null ? null : path.resolve(repoRoot, site.directory);
  const others = own === null ? {} : filesBeside(kind, own);
  let config: SiteFile | null = null;
  if (file !== undefined) config = await read(file, placeOf(file, others));
  else if (changesFile && own !== null && site.file !== null) {
    config = await read(path.resolve(repoRoot, site.file), { directory: own, others });
  }
  if (other === undefined) return { config, otherConfig: null };
  const together = config !== null && directoryOf(config.name) === directoryOf(other);
  const place = config !== null && together ? config : placeOf(other, config?.others ?? others);
  return { config, otherConfig: await read(other, place) };
}

function directoryOf(file: string): string {
  return path.resolve(path.dirname(file));
}

/** The site's further files in a directory, by the keys that name them. */
function filesBeside(kind: SchedulerKind, directory: string): Place["others"] {
  const { files, main } = specFacts[kind].site;
  return Object.fromEntries(
    Object.entries(files).flatMap(([key, name]): [string, string][] => {
      const file = path.join(directory, name);
      return name !== main && existsSync(file) ? [[`scheduler.site.${key}`, file]] : [];
    }),
  );
}

/** With what it includes, where that lies beside it; what does not is missed when the file is taken. */
async function readSite(
  file: string,
  facts: SiteConfigFacts | undefined,
): Promise<Omit<SiteFile, keyof Place>> {
  const directory = path.dirname(file);
  const included: Record<string, string> = {};
  const read = async (text: string): Promise<void> => {
    for (const named of facts?.included(text) ?? []) {
      const base = path.basename(named);
      // As it is named, where that is below the file's directory; else by its last part.
      const inside = !path.isAbsolute(named) && !path.normalize(named).startsWith("..");
      for (const name of inside ? [named, base] : [base]) {
        if (Object.hasOwn(included, name)) break;
        const found = await readFile(path.join(directory, name), "utf8").catch(() => null);
        if (found === null) continue;
        included[name] = found;
        await read(found);
        break;
      }
    }
  };
  try {
    const text = await readFile(file, "utf8");
    await read(text);
    return { name: file, file: path.resolve(file), text, included };
  } catch (cause) {
    throw new Failure(`cannot read the configuration file ${file}`, { cause });
  }
}
