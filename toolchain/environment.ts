import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { Failure } from "../base/failure";
import { repoRoot } from "../base/paths";
import { shellQuote } from "../base/quote";
import type { Toolchain } from "./toolchain";

/** Variables to add to the environment in which `pulumi` runs. */
export type PulumiEnvironment = Readonly<Record<string, string>>;

/**
 * Where state and passphrase are kept when the user has no backend of their own. They are no cache,
 * and they belong to the host rather than to a clone: domains are named after their stack, so a
 * second clone has to see the same stacks, and a deleted clone must not leave domains without state.
 */
export function stateDir(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.SCHEDLAB_STATE) return path.resolve(environment.SCHEDLAB_STATE);
  const base = environment.XDG_STATE_HOME || path.join(homedir(), ".local", "state");
  return path.join(base, "schedlab");
}

/**
 * What plain `pulumi` needs for this toolchain. The user's own backend and passphrase are left alone.
 * Makes the passphrase file and the backend's directory where they are needed and missing.
 */
export function pulumiEnvironment(
  toolchain: Toolchain,
  environment: NodeJS.ProcessEnv = process.env,
): PulumiEnvironment {
  const inherited = (environment.PATH ?? "").split(path.delimiter);
  const searchPath = [
    ...toolchain.pathDirs,
    ...inherited.filter((directory) => !toolchain.pathDirs.includes(directory)),
  ];
  const isLoggedIn = loggedIn(environment) !== undefined;
  return {
    ...toolchain.environment,
    PATH: searchPath.join(path.delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(isLoggedIn && toolchain.environment.PULUMI_HOME !== undefined
      ? { PULUMI_CREDENTIALS_PATH: credentialsDirectory(environment) }
      : {}),
    ...backend(environment),
    ...passphrase(environment),
  };
}

function credentialsDirectory(environment: NodeJS.ProcessEnv): string {
  const userHome = environment.PULUMI_HOME || path.join(homedir(), ".pulumi");
  return environment.PULUMI_CREDENTIALS_PATH || userHome;
}

/** The current backend that the user's credentials name, if any. */
function loggedIn(environment: NodeJS.ProcessEnv): string | undefined {
  try {
    const file = path.join(credentialsDirectory(environment), "credentials.json");
    return (JSON.parse(readFileSync(file, "utf8")) as { current?: string }).current || undefined;
  } catch {
    return undefined;
  }
}

function backend(environment: NodeJS.ProcessEnv): Record<string, string> {
  if (ownBackend(environment) !== undefined) return {};
  const directory = path.join(privateDir(environment), "pulumi");
  mkdirSync(directory, { recursive: true });
  return { PULUMI_BACKEND_URL: fileBackend(directory) };
}

/** The backend of the user's own, in the order in which Pulumi looks for it. */
function ownBackend(environment: NodeJS.ProcessEnv): string | undefined {
  return environment.PULUMI_BACKEND_URL || project().backend?.url || loggedIn(environment);
}

/** Where the stacks' state is, or would be; makes nothing. */
export function backendUrl(environment: NodeJS.ProcessEnv = process.env): string {
  return ownBackend(environment) ?? fileBackend(path.join(stateDir(environment), "pulumi"));
}

/**
 * Without `metadata=skip` Pulumi writes a file of attributes beside every file, in place: a Pulumi that is
 * killed in that moment leaves it empty, and the next one answers "failed to load checkpoint: EOF".
 */
function fileBackend(directory: string): string {
  return `file://${directory}?metadata=skip`;
}

function project(): { name: string; backend?: { url?: string } } {
  return parse(readFileSync(path.join(repoRoot, "Pulumi.yaml"), "utf8"));
}

export function projectName(): string {
  return project().name;
}

function passphrase(environment: NodeJS.ProcessEnv): Record<string, string> {
  // An empty passphrase is one too.
  const own =
    environment.PULUMI_CONFIG_PASSPHRASE !== undefined ||
    Boolean(environment.PULUMI_CONFIG_PASSPHRASE_FILE);
  if (own) return {};
  const file = path.join(privateDir(environment), "passphrase");
  try {
    writeFileSync(file, `${randomBytes(32).toString("base64url")}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw unwritable(file, error);
  }
  return { PULUMI_CONFIG_PASSPHRASE_FILE: file };
}

function privateDir(environment: NodeJS.ProcessEnv): string {
  const directory = stateDir(environment);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
  } catch (error) {
    throw unwritable(directory, error);
  }
  return directory;
}

function unwritable(file: string, cause: unknown): Failure {
  return new Failure(`cannot write ${file}`, {
    remedy: "set SCHEDLAB_STATE to a directory that can be written",
    cause,
  });
}

/**
 * Shell commands for `eval "$(npx schedlab env)"`; any value survives. PATH is only added to: npx has
 * put directories of its own into the one that this process sees.
 */
export function shellExports(
  variables: PulumiEnvironment,
  inheritedPath: string = process.env.PATH ?? "",
): string {
  const inherited = inheritedPath.split(path.delimiter);
  return Object.entries(variables)
    .flatMap(([name, value]) => {
      if (name !== "PATH") return [`export ${name}=${shellQuote(value)}`];
      const added = value.split(path.delimiter).filter((entry) => !inherited.includes(entry));
      return added.map((directory) => `export PATH=${shellQuote(directory)}:"$PATH"`);
    })
    .join("\n");
}
