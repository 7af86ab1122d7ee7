import { existsSync } from "node:fs";
import { cp, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { Failure } from "../base/failure";
import type { Reporter } from "../base/reporter";
import type { Binary } from "./binaries";
import { cached, toolchainDir } from "./cache";
import { dependencyDir, goEnvironment, goVersion, moduleDir } from "./go";
import { type BuildInputs, contentKey, moduleSources } from "./key";
import { duration, withProgress } from "./progress";
import { run } from "./run";

export interface Built {
  readonly path: string;
  readonly key: string;
  /** Wall time of this build; zero when the cache had it. */
  readonly milliseconds: number;
}

/** A first build downloads and compiles for ten minutes on two cores; a slow line takes longer. */
const deadlineMinutes = 90;

const buildFlags = ["-mod=readonly", "-modcacherw", "-trimpath", "-buildvcs=false"];

function linkerFlags({ variables = {} }: Binary): string {
  const set = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
  return ["-s", "-w", ...set].join(" ");
}

/** What the compiler said last: a package, or a download. */
function follow(stream: NodeJS.ReadableStream): { count: number; last: string; tail: string[] } {
  const seen = { count: 0, last: "", tail: [] as string[] };
  createInterface({ input: stream }).on("line", (line) => {
    if (/^\S+$/.test(line)) seen.count += 1;
    seen.last = line.replace(/^go: /, "");
    seen.tail = [...seen.tail.slice(-19), line];
  });
  return seen;
}

async function compile(
  binary: Binary,
  source: string,
  output: string,
  what: string,
  report: Reporter,
) {
  const build = execa(
    "go",
    ["build", "-v", ...buildFlags, "-ldflags", linkerFlags(binary), "-o", output, binary.package],
    {
      cwd: source,
      env: goEnvironment(),
      reject: false,
      timeout: deadlineMinutes * 60_000,
      buffer: false,
      stdin: "ignore",
    },
  );
  const seen = follow(build.stderr);
  const detail = () =>
    seen.last === ""
      ? "reading modules or linking"
      : `${seen.count} packages compiled, now ${seen.last}`;
  const result = await withProgress(report, what, () => build, detail);
  if (result.failed) {
    throw new Failure(
      result.timedOut
        ? `building ${binary.name} was not done after ${deadlineMinutes} min`
        : `building ${binary.name} failed`,
      {
        remedy: `see docs/toolchain.md; by hand: cd ${moduleDir(binary.module)} && go build ${binary.package}`,
        detail: seen.tail.join("\n"),
      },
    );
  }
}

function inputs(binary: Binary): BuildInputs & { facts: { flags: string } } {
  const external = !binary.package.startsWith(".") && binary.patched === undefined;
  return {
    files: moduleSources(moduleDir(binary.module), external),
    facts: { flags: [...buildFlags, linkerFlags(binary), binary.package].join(" ") },
  };
}

/** Content key of what a program is made from, whichever compiler makes it. */
export function sourceKey(binary: Binary): string {
  return contentKey(inputs(binary));
}

async function identify(binary: Binary): Promise<string> {
  const { files, facts } = inputs(binary);
  const writer = binary.schema === undefined ? "" : await identify(binary.schema.writer);
  return contentKey({ files, facts: { ...facts, go: await goVersion(binary.module), writer } });
}

export async function isBuilt(binary: Binary): Promise<boolean> {
  try {
    return existsSync(path.join(toolchainDir(), `${binary.name}-${await identify(binary)}`));
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

/** @throws Failure with the compiler's last lines. */
export async function ensureBinary(
  binary: Binary,
  { report, ordinal = "" }: { report: Reporter; ordinal?: string },
): Promise<Built> {
  const key = await identify(binary);
  const began = performance.now();
  let built = false;
  const directory = await cached(`${binary.name}-${key}`, async (partial) => {
    built = true;
    const what = `building ${binary.name}${ordinal}`;
    report(what);
    const source = path.join(partial, "source");
    await cp(moduleDir(binary.module), source, { recursive: true });
    await complete(binary, source, report);
    await compile(binary, source, path.join(partial, binary.name), what, report);
    await rm(source, { recursive: true });
  });
  const milliseconds = built ? performance.now() - began : 0;
  if (built) report(`built ${binary.name} in ${duration(milliseconds)}`);
  const file = path.join(directory, binary.name);
  if (!existsSync(file)) {
    throw new Failure(`${file} is missing`, { remedy: `rm -r ${directory}` });
  }
  return { path: file, key, milliseconds };
}

/** Adds to a copy of the module's sources what is not committed. */
async function complete(
  { module, schema, patched }: Binary,
  source: string,
  report: Reporter,
): Promise<void> {
  if (schema !== undefined) {
    const writer = await ensureBinary(schema.writer, { report });
    const target = path.join(source, schema.directory);
    await mkdir(target, { recursive: true });
    await writeSchema(writer.path, target);
  }
  if (patched !== undefined && existsSync(path.join(source, "patch"))) {
    await patch(module, patched, source);
  }
}

/** Has the module in `source` built with a copy of a dependency that holds our files too. */
async function patch(module: string, dependency: string, source: string): Promise<void> {
  const copy = path.join(source, "patched");
  await cp(await dependencyDir(module, dependency), copy, { recursive: true });
  // The copy of a read-only module cache is read-only as well.
  await run("chmod", ["-R", "u+w", copy]);
  await cp(path.join(source, "patch"), copy, { recursive: true });
  await run("go", ["mod", "edit", `-replace=${dependency}=./patched`], {
    cwd: source,
    env: goEnvironment(),
  });
}

/** Has the libvirt generator write schema.json into `directory`. */
export function writeSchema(generator: string, directory: string): Promise<void> {
  const flags = ["--skip-docs", "--skip-examples", "--quiet"];
  return run(generator, ["schema", ...flags, "--out", directory]);
}
