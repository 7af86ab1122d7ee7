import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { repoRoot } from "../base/paths";
import { createProgram } from "../cli/main";
import packageJson from "../package.json";

const read = (file: string) => readFileSync(path.join(repoRoot, file), "utf8");

const pages = [
  ...["README.md", "CONTRIBUTING.md"],
  ...readdirSync(path.join(repoRoot, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  ...readdirSync(path.join(repoRoot, "examples"))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => `examples/${name}`),
];

/** What git ignores is not there in a clean clone. */
const ignored = ["node_modules", "sdks", "results", ".git"];
const folders = readdirSync(repoRoot).filter(
  (name) => !ignored.includes(name) && statSync(path.join(repoRoot, name)).isDirectory(),
);

/** Of headings, as they are linked to. */
function anchors(file: string): string[] {
  const headings = read(file).matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** `problem` of each match of a pattern in the pages, with the page's name. */
function problems(
  pattern: RegExp,
  problem: (match: RegExpMatchArray, page: string) => string | undefined,
): string[] {
  return pages.flatMap((page) =>
    [...read(page).matchAll(pattern)].flatMap((match) => {
      const found = problem(match, page);
      return found === undefined ? [] : [`${page}: ${found}`];
    }),
  );
}

describe("the documents", () => {
  test("link to files and headings that exist", () => {
    const broken = problems(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g, (match, page) => {
      const [, file = "", anchor] = match;
      const target = file === "" ? page : path.join(path.dirname(page), file);
      if (!existsSync(path.join(repoRoot, target))) return `no file ${target}`;
      const known = anchor === undefined || anchors(target).includes(anchor);
      return known ? undefined : `no heading #${anchor} in ${target}`;
    });
    expect(broken).toEqual([]);
  });

  test("name paths of the repository that exist", () => {
    const names = new RegExp(`(?<![\\w./<>@-])(?:${folders.join("|")})/[\\w./*-]*`, "g");
    let seen = 0;
    const missing = problems(names, ([name = ""]) => {
      seen += 1;
      // Stands for a name of the reader's own.
      if (name.includes("NAME")) return undefined;
      const place = name.replace(/[.]+$/, "").replace(/\/[^/]*\*.*$/, "");
      return existsSync(path.join(repoRoot, place)) ? undefined : `no ${place}`;
    });
    expect(missing).toEqual([]);
    expect(seen).toBeGreaterThan(100);
  });

  test("are all in the index, which is linked from the README", () => {
    const index = read("docs/README.md");
    const others = pages.filter((page) => page.startsWith("docs/") && page !== "docs/README.md");
    expect(others.filter((page) => !index.includes(`(${path.basename(page)})`))).toEqual([]);
    expect(read("README.md")).toContain("(docs/README.md)");
  });

  test("spell Slurm as its makers do", () => {
    expect(problems(/\bSLURM\b/g, ([name]) => name)).toEqual([]);
  });
});

describe("the commands", () => {
  const program = createProgram();
  const commands = new Map(
    program
      .createHelp()
      .visibleCommands(program)
      .filter((command) => command.name() !== "help")
      .map((command) => [command.name(), command]),
  );
  const sections = new Map(
    read("docs/commands.md")
      .split(/^## /m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf("\n")), section]),
  );

  /** Also those of the commands within a group, such as `campaign plan`. */
  const knows = (command: Command, option: string) =>
    [command, ...command.commands, program]
      .flatMap(({ options }) => options)
      .some(({ short, long }) => short === option || long === option) || option === "--help";

  test("have one section each in docs/commands.md", () => {
    expect([...sections.keys()].sort()).toEqual([...commands.keys()].sort());
  });

  test.each([...sections])(
    "%s has an example, and no option that it does not have",
    (name, text) => {
      expect(text).toMatch(new RegExp(`^ {4}.*npx schedlab ${name}\\b`, "m"));
      const command = commands.get(name);
      expect(command).toBeDefined();
      const options = [...text.matchAll(/(?<![\w-])--[a-z-]+/g)].map(([option]) => option);
      // The handle comes from Pulumi.
      const own = options.filter((option) => option !== "--show-secrets");
      expect(own.filter((option) => command !== undefined && !knows(command, option))).toEqual([]);
    },
  );

  test("in the documents exist, with their options", () => {
    const usage = /npx schedlab ([a-z]+)((?: (?:[^`|;)"'\n#]|"[^"\n]*")*)?)/g;
    const wrong = problems(usage, ([, name = "", rest = ""]) => {
      const command = commands.get(name);
      if (command === undefined) return `no command ${name}`;
      const options = [...rest.matchAll(/(?<= )--?[a-z][a-z-]*/g)].map(([option]) => option);
      const unknown = options.filter((option) => !knows(command, option));
      return unknown.length === 0 ? undefined : `schedlab ${name} has no ${unknown.join(", ")}`;
    });
    expect(wrong).toEqual([]);
  });

  test("of npm in the documents are scripts of package.json", () => {
    const scripts: Readonly<Record<string, string>> = packageJson.scripts;
    const unknown = problems(/npm run ([\w:]+)/g, ([, name = ""]) =>
      name in scripts ? undefined : `no script ${name}`,
    );
    expect(unknown).toEqual([]);
  });
});

describe("docs/environment.md", () => {
  /** The end of a text in a shell script. */
  const noVariables = ["SCHEDLAB_END_OF_FILE"];
  const sources = folders
    .filter((folder) => folder !== "docs")
    .flatMap((folder) =>
      readdirSync(path.join(repoRoot, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => /\.(ts|js|sh|go)$/.test(name))
        .map((name) => path.join(folder, name)),
    )
    .filter((file) => file !== "tests/documentation.test.ts");
  const named = [...sources, "package.json"].flatMap((file) => [
    ...new Set(read(file).match(/\bSCHEDLAB_[A-Z_]*[A-Z]/g)),
  ]);
  const variables = [...new Set(named)].filter((name) => !noVariables.includes(name)).sort();
  const documented = [...read("docs/environment.md").matchAll(/^\| (.*?) \|/gm)]
    .flatMap(([, cell = ""]) => cell.match(/`(SCHEDLAB_[A-Z_]+)`/g) ?? [])
    .map((name) => name.replaceAll("`", ""));

  test("has every variable of schedlab's own", () => {
    expect(variables.length).toBeGreaterThan(10);
    expect(variables.filter((name) => !documented.includes(name))).toEqual([]);
  });

  test("has no variable that nothing reads", () => {
    expect(documented.filter((name) => !variables.includes(name))).toEqual([]);
  });
});

describe("docs/dependencies.md", () => {
  const packages = Object.keys({ ...packageJson.dependencies, ...packageJson.devDependencies });
  const rows = [...read("docs/dependencies.md").matchAll(/^\| (.*?) \|/gm)].flatMap(
    ([, cell = ""]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );

  test("says why each package is there", () => {
    // Types belong to the package that they describe.
    const own = packages.filter((name) => !name.startsWith("@types/"));
    expect(own.filter((name) => !rows.includes(name))).toEqual([]);
  });

  test("names no package that is not there", () => {
    // Made on each machine: it is on no registry.
    const made = "@pulumi/libvirt";
    expect(rows.filter((name) => name !== made && !packages.includes(name))).toEqual([]);
  });
});

test("CITATION.cff and LICENSE agree with package.json", () => {
  const citation = parse(read("CITATION.cff"));
  expect(citation).toMatchObject({
    "cff-version": "1.2.0",
    version: packageJson.version,
    license: packageJson.license,
    authors: [expect.anything()],
  });
  expect(packageJson.license).toBe("Apache-2.0");
  expect(read("LICENSE")).toMatch(/Apache License\s+Version 2\.0, January 2004/);
});
