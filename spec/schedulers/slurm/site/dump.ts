import type { SiteProblem } from "../../site-problem";

/** An account or a user in an account: a node of the tree of associations. */
export interface Association {
  readonly kind: "account" | "user";
  readonly name: string;
  /** The account above it: of a user, the one that it is a user of. */
  readonly parent: string;
  /** As written: `Fairshare` or `QOS`, without what only describes it. In the order of the file. */
  readonly options: ReadonlyMap<string, string>;
  readonly line: number;
}

/** What `sacctmgr dump` says of a cluster. */
export interface AccountDump {
  readonly cluster: string;
  /** Of the root account. */
  readonly rootOptions: ReadonlyMap<string, string>;
  /** Accounts before those below them. */
  readonly associations: readonly Association[];
}

export interface ReadDump {
  readonly dump: AccountDump;
  readonly problems: readonly SiteProblem[];
}

const file = "sacctmgr.dump";
export const rootAccount = "root";

/** A dump of the accounts by sacctmgr. Never throws; lines that cannot be read are problems. */
export function readDump(text: string): ReadDump {
  const problems: SiteProblem[] = [];
  const associations: Association[] = [];
  const accounts = new Set([rootAccount]);
  let cluster: { name: string; options: ReadonlyMap<string, string> } | null = null;
  let parent = rootAccount;
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    const problem = (key: string, message: string) => problems.push({ file, line, key, message });
    if (raw.trim() === "" || raw.trimStart().startsWith("#")) continue;
    const match =
      /^(Cluster|Parent|Account|User)\s*-\s*'?((?:[^':]|'(?!:|\s*$))*)'?\s*(?::(.*))?$/i.exec(
        raw.trim(),
      );
    if (match === null) {
      problem(
        "",
        `expected a line such as Account - 'physics':Fairshare=1, got ${JSON.stringify(raw.slice(0, 60))}`,
      );
      continue;
    }
    const [, word = "", name = "", rest = ""] = match;
    const options = optionsOf(rest, problem);
    if (name === "") problem(word, "expected a name");
    else if (/^cluster$/i.test(word)) {
      if (cluster !== null) problem(word, "expected one cluster in a file");
      else cluster = { name, options };
    } else if (/^parent$/i.test(word)) {
      if (!accounts.has(name.toLowerCase()))
        problem(word, `expected an account of an earlier line, got ${name}`);
      parent = name;
    } else if (/^account$/i.test(word)) {
      if (accounts.has(name.toLowerCase())) problem(word, `${name} is there twice`);
      else {
        accounts.add(name.toLowerCase());
        associations.push({ kind: "account", name, parent, options, line });
      }
    } else if (name !== rootAccount) {
      associations.push({ kind: "user", name, parent, options, line });
    }
  }
  if (cluster === null) {
    problems.push({
      file,
      line: 0,
      key: "Cluster",
      message: "expected a line such as Cluster - 'name'",
    });
  }
  const dump = {
    cluster: cluster?.name ?? "",
    rootOptions: cluster?.options ?? new Map<string, string>(),
    associations,
  };
  return { dump, problems };
}

/** A quote that no colon or end follows is one of the value: sacctmgr writes `Description='Bob's group'`. */
const optionPattern = /\s*([A-Za-z]+)=(?:'((?:[^']|'(?!\s*(?::|$)))*)'|([^:]*?))\s*(?::|$)/y;

/** `Fairshare=1:QOS='normal,long'`. */
function optionsOf(
  text: string,
  problem: (key: string, message: string) => void,
): Map<string, string> {
  const options = new Map<string, string>();
  if (text === "") return options;
  for (let at = 0; at < text.length; ) {
    optionPattern.lastIndex = at;
    const match = optionPattern.exec(text);
    const part = match?.[0] ?? `${text.slice(at).split(":", 1)[0]}:`;
    at += part.length;
    if (match !== null) options.set(match[1] ?? "", match[2] ?? match[3] ?? "");
    else if (part !== ":") {
      problem("", `expected Key=Value, got ${JSON.stringify(part.slice(0, -1).slice(0, 60))}`);
    }
  }
  return options;
}

/** In the notation that `readDump` reads. */
export function printDump({ cluster, rootOptions, associations }: AccountDump): string {
  const lines = [printed("Cluster", cluster, rootOptions)];
  let parent = "";
  for (const { kind, name, parent: above, options } of associations) {
    if (above !== parent) lines.push(`Parent - '${above}'`);
    parent = above;
    lines.push(printed(kind === "account" ? "Account" : "User", name, options));
  }
  return lines.map((line) => `${line}\n`).join("");
}

function printed(word: string, name: string, options: ReadonlyMap<string, string>): string {
  return [`${word} - '${name}'`, ...[...options].map(([key, value]) => `${key}='${value}'`)].join(
    ":",
  );
}
