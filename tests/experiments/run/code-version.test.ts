import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { repoRoot } from "../../../base/paths";
import { codePaths, codeVersion } from "../../../experiments/run/code-version";

const files = {
  "experiments/run/conduct.ts": "conduct",
  "store/schema.sql": "schema",
  "toolchain/go/command/main.go": "go",
  "package-lock.json": "{}",
  "Pulumi.dev.yaml": "config: {}\n",
  "docs/run.md": "run",
  "infra/notes.md": "notes",
  "tests/run.test.ts": "test",
  ".gitignore": "results/\n",
};

let root: string;

const git = async (...words: string[]) =>
  (
    await execa("git", [
      "-C",
      root,
      "-c",
      "user.name=t",
      "-c",
      "user.email=t@example.org",
      ...words,
    ])
  ).stdout;
const commit = async (message: string) => {
  await git("add", "--all");
  await git("commit", "--quiet", "--message", message);
  return git("rev-parse", "HEAD");
};
const append = (file: string) => appendFile(path.join(root, file), "changed\n");
const write = async (file: string, text: string) => {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), text);
};

let first: string;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "schedlab-code-"));
  await git("init", "--quiet");
  for (const [file, text] of Object.entries(files)) await write(file, text);
  first = await commit("first");
});

afterAll(() => rm(root, { recursive: true, force: true }));

beforeEach(async () => {
  await git("reset", "--quiet", "--hard", first);
  await git("clean", "--quiet", "-fdx");
});

describe("whether the code differs from its commit", () => {
  test("a fresh checkout does not", async () => {
    expect(await codeVersion(root)).toEqual({ codeHash: first, codeDirty: false });
  });

  test.each([
    "Pulumi.dev.yaml",
    "docs/run.md",
    "infra/notes.md",
    "tests/run.test.ts",
    ".gitignore",
    ".shellcheckrc",
  ])("a change of %s is none of the code", async (file) => {
    await append(file);
    expect(await codeVersion(root)).toEqual({ codeHash: first, codeDirty: false });
  });

  test.each(["Pulumi.mine.yaml", "results/schedlab.duckdb", "notes.txt"])(
    "a new %s is none of the code",
    async (file) => {
      await write(file, "new");
      expect((await codeVersion(root)).codeDirty).toBe(false);
    },
  );

  test.each([
    "experiments/run/conduct.ts",
    "store/schema.sql",
    "toolchain/go/command/main.go",
    "package-lock.json",
  ])("a change of %s is one of the code", async (file) => {
    await append(file);
    expect(await codeVersion(root)).toEqual({ codeHash: first, codeDirty: true });
    await git("add", "--all");
    expect((await codeVersion(root)).codeDirty).toBe(true);
  });

  test("a new file among the sources is a change of the code, which may read it by directory", async () => {
    await write("store/migrations/099-new.sql", "SELECT 1");
    expect((await codeVersion(root)).codeDirty).toBe(true);
  });
});

describe("the commit of the code", () => {
  test("stays the same over commits that change a stack's file or a document", async () => {
    await append("Pulumi.dev.yaml");
    await append("docs/run.md");
    await commit("a stack of mine");
    expect(await codeVersion(root)).toEqual({ codeHash: first, codeDirty: false });
  });

  test("is the last one that changed a source", async () => {
    await append("experiments/run/conduct.ts");
    const second = await commit("second");
    await append("docs/run.md");
    await commit("third");
    expect(await codeVersion(root)).toEqual({ codeHash: second, codeDirty: false });
  });
});

test("where there is no checkout nothing is known", async () => {
  const outside = await mkdtemp(path.join(tmpdir(), "schedlab-no-code-"));
  try {
    expect(await codeVersion(outside)).toEqual({ codeHash: null, codeDirty: null });
  } finally {
    await rm(outside, { recursive: true });
  }
});

test("every file of this project is either code or known not to be", async () => {
  const others = [
    ...[
      ".ci",
      ".github",
      ".gitignore",
      "benchmarks",
      "biome.json",
      "knip.json",
      "docs",
      "examples",
      // An image that it makes has a key of its own.
      "nix",
      "studies",
      "tests",
      "vitest.config.mts",
    ],
    ...["CHANGELOG.md", "README.md", "Pulumi.dev.yaml", "Pulumi.large.yaml"],
    ...[".shellcheckrc", "CITATION.cff", "CONTRIBUTING.md", "LICENSE"],
  ];
  const { stdout } = await execa("git", ["-C", repoRoot, "ls-files"]);
  const tops = new Set(stdout.split("\n").map((file) => file.split("/")[0] ?? ""));
  expect([...tops].sort()).toEqual([...codePaths, ...others].sort());
});
