import path from "node:path";
import { execa } from "execa";
import { Failure } from "../host/failure";
import { cacheDir, repoRoot } from "../host/paths";

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

const remedy = `install Go ${leastGo} or newer from https://go.dev/dl and put it on PATH, or install Pulumi`;

/** The compiler that builds `module`, such as "go1.26.8 linux/amd64". @throws Failure when there is none. */
export async function goVersion(module: string): Promise<string> {
  const result = await execa("go", ["version"], {
    cwd: path.join(modulesDir, module),
    env: goEnvironment(),
    reject: false,
    timeout: 120_000,
  });
  if (result.code === "ENOENT") {
    throw new Failure("the Pulumi toolchain has to be built here, and Go is not installed", {
      remedy,
    });
  }
  if (result.failed) {
    throw new Failure(`the Go compiler here cannot build toolchain/go/${module}`, {
      remedy,
      detail: result.stderr,
    });
  }
  return result.stdout.replace(/^go version /, "");
}
