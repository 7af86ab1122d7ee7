import { existsSync } from "node:fs";
import { cp, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { Failure } from "../host/failure";
import type { Report } from "../host/report";
import type { Binary } from "./binaries";
import { cached, toolchainDir } from "./cache";
import { goEnvironment, goVersion, modulesDir } from "./go";
import { contentKey, moduleSources } from "./key";
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
  report: Report,
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
        remedy: `see docs/toolchain.md; by hand: cd toolchain/go/${binary.module} && go build ${binary.package}`,
        detail: seen.tail.join("\n"),
      },
    );
  }
}

async function identify(binary: Binary): Promise<string> {
  const writer = binary.schema === undefined ? "" : await identify(binary.schema.writer);
  return contentKey({
    files: moduleSources(path.join(modulesDir, binary.module), !binary.package.startsWith(".")),
    facts: {
      go: await goVersion(binary.module),
      flags: [...buildFlags, linkerFlags(binary), binary.package].join(" "),
      writer,
    },
  });
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
  { report, ordinal = "" }: { report: Report; ordinal?: string },
): Promise<Built> {
  const key = await identify(binary);
  const began = performance.now();
  let built = false;
  const directory = await cached(`${binary.name}-${key}`, async (partial) => {
    built = true;
    const what = `building ${binary.name}${ordinal}`;
    report(what);
    let source = path.join(modulesDir, binary.module);
    if (binary.schema !== undefined) {
      const writer = await ensureBinary(binary.schema.writer, { report });
      const copy = path.join(partial, "source");
      await cp(source, copy, { recursive: true });
      const target = path.join(copy, binary.schema.directory);
      await mkdir(target, { recursive: true });
      await writeSchema(writer.path, target);
      source = copy;
    }
    await compile(binary, source, path.join(partial, binary.name), what, report);
    await rm(path.join(partial, "source"), { recursive: true, force: true });
  });
  const milliseconds = built ? performance.now() - began : 0;
  if (built) report(`built ${binary.name} in ${duration(milliseconds)}`);
  const file = path.join(directory, binary.name);
  if (!existsSync(file)) {
    throw new Failure(`${file} is missing`, { remedy: `rm -r ${directory}` });
  }
  return { path: file, key, milliseconds };
}

/** Has the libvirt generator write schema.json into `directory`. */
export function writeSchema(generator: string, directory: string): Promise<void> {
  const flags = ["--skip-docs", "--skip-examples", "--quiet"];
  return run(generator, ["schema", ...flags, "--out", directory]);
}
