import { readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { Failure } from "../base/failure";
import { cacheDir, repoRoot } from "../base/paths";

/** The newest `go` line among our modules; older compilers cannot read them. */
export const leastGo = "1.25.11";

export const modulesDir = path.join(repoRoot, "toolchain", "go");

/** Downloads and compiled packages go into our cache unless the user has places of their own. */
export function goEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const ours = path.join(cacheDir(environment), "go");
  return {
    GOMODCACHE: environment.GOMODCACHE || path.join(ours, "mod"),
    GOCACHE: environment.GOCACHE || path.join(ours, "build"),
    GOWORK: "off",
    CGO_ENABLED: "0",
  };
}

const remedy = `install Go ${leastGo} or newer from https://go.dev/dl and put it on PATH; docs/toolchain.md names the other ways`;

export const moduleDir = (module: string) => path.resolve(modulesDir, module);

/** The compiler that builds `module`, such as "go1.26.8 linux/amd64". @throws Failure when there is none. */
export async function goVersion(module: string): Promise<string> {
  const result = await execa("go", ["version"], {
    cwd: moduleDir(module),
    env: goEnvironment(),
    reject: false,
    timeout: 120_000,
  });
  if (result.code === "ENOENT") {
    throw new Failure(`${module} has to be built here, and Go is not installed`, { remedy });
  }
  if (result.failed) {
    throw new Failure(`the Go compiler here cannot build ${moduleDir(module)}`, {
      remedy,
      detail: result.stderr,
    });
  }
  return result.stdout.replace(/^go version /, "");
}

const downloaded = z.object({ Dir: z.string() });

/**
 * Directory of a dependency of `module` in Go's module cache, fetched if it is not there; its
 * checksum is that of go.sum. @throws Failure when it cannot be had.
 */
export async function dependencyDir(module: string, dependency: string): Promise<string> {
  const result = await execa("go", ["mod", "download", "-json", "-modcacherw", dependency], {
    cwd: moduleDir(module),
    env: goEnvironment(),
    reject: false,
    timeout: 10 * 60_000,
  });
  if (result.failed) {
    throw new Failure(`the Go module ${dependency} could not be fetched`, {
      remedy: "GOPROXY names the module proxy to ask",
      detail: [result.stdout, result.stderr].filter(Boolean).join("\n"),
    });
  }
  return downloaded.parse(JSON.parse(result.stdout)).Dir;
}

/** Version of a dependency that go.mod requires, without its v. @throws Failure when it names none. */
export function requiredVersion(module: string, dependency: string): string {
  const file = path.join(moduleDir(module), "go.mod");
  const words = readGoMod(file)
    .split("\n")
    .map((line) => line.replace("require ", "").trim());
  const line = words.find((text) => text.startsWith(`${dependency} v`));
  const version = line?.split(" ")[1]?.slice(1);
  if (version === undefined) throw new Failure(`${file} requires no ${dependency}`);
  return version;
}

function readGoMod(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new Failure(`${file} cannot be read`, { cause });
  }
}
