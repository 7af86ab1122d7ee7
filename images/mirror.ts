import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** One entry of the host's apt sources, in either of apt's formats. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
}

/** Reads apt's one-line format; lines that are not binary packages are left out. */
export function parseOneLine(text: string): AptSource[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]+)/.exec(line);
    const [, uri, suite, components] = match ?? [];
    if (!uri || !suite || !components) return [];
    return [{ uri, suite, components: components.trim().split(/\s+/) }];
  });
}

/** Reads apt's deb822 format; disabled stanzas are left out. */
export function parseDeb822(text: string): AptSource[] {
  const uncommented = text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");
  return uncommented.split(/\n\s*\n/).flatMap((stanza) => {
    const unfolded = stanza.replace(/\n[ \t]+/g, " ");
    const field = (name: string): string[] => {
      const value = new RegExp(`^${name}:(.*)$`, "im").exec(unfolded)?.[1] ?? "";
      return value.trim().split(/\s+/).filter(Boolean);
    };
    if (!field("Types").includes("deb") || field("Enabled")[0] === "no") return [];
    return field("URIs").flatMap((uri) =>
      field("Suites").map((suite) => ({ uri, suite, components: field("Components") })),
    );
  });
}

/**
 * The lines of a sources.list for `suite` on the mirror that serves the host's own release
 * (`codename`), with its updates and security updates where the host has those; none when the host
 * names no such mirror.
 */
function sourcesForSuite(sources: readonly AptSource[], codename: string, suite: string): string[] {
  const uriOf = (name: string): string | undefined =>
    sources.find((source) => source.suite === name && source.components.includes("main"))?.uri;
  const main = uriOf(codename);
  if (!main) return [];
  return [
    `deb ${main} ${suite} main`,
    ...["updates", "security"].flatMap((kind) => {
      const uri = uriOf(`${codename}-${kind}`);
      return uri ? [`deb ${uri} ${suite}-${kind} main`] : [];
    }),
  ];
}

/** Where packages come from: SCHEDLAB_DEBIAN_MIRROR, else a Debian host's own mirror, else none named. */
export async function debianSources(
  suite: string,
  environment: NodeJS.ProcessEnv = process.env,
  etc = "/etc",
): Promise<string[]> {
  const override = environment.SCHEDLAB_DEBIAN_MIRROR;
  if (override) {
    return override.startsWith("deb ") ? override.split("\n") : [`deb ${override} ${suite} main`];
  }
  const release = await readOptional(path.join(etc, "os-release"));
  const value = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, "m").exec(release)?.[1];
  const codename = value("VERSION_CODENAME");
  if (value("ID") !== "debian" || !codename) return [];
  return sourcesForSuite(await hostSources(etc), codename, suite);
}

async function hostSources(etc: string): Promise<AptSource[]> {
  const parts = path.join(etc, "apt", "sources.list.d");
  const names = await readdir(parts).catch(() => []);
  const read = async (name: string) => {
    const text = await readOptional(path.join(parts, name));
    if (name.endsWith(".sources")) return parseDeb822(text);
    return name.endsWith(".list") ? parseOneLine(text) : [];
  };
  const list = parseOneLine(await readOptional(path.join(etc, "apt", "sources.list")));
  return [...list, ...(await Promise.all(names.map(read))).flat()];
}

async function readOptional(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}
