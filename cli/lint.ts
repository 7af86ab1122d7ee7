import { execa } from "execa";
import { Failure } from "../base/failure";
import { repoRoot } from "../base/paths";
import { actionlint } from "../toolchain/binaries";
import { ensureBinary } from "../toolchain/build";
import { exitCodeOf, failureText } from "./failure-text";
import { reportTo } from "./progress";

/**
 * What is not asked of files whose text is part of the images' keys: a change of their form would make
 * every image anew, and runs on either would no longer be comparable. SC2015: in `A && B || C`, C ends
 * the script, so it cannot run wrongly after A.
 */
const imageFiles = { place: /^images\/files\//, excluded: "SC2015" };

/**
 * Checks the shell files of the project with shellcheck, those that tests compare scripts with too, as
 * they are the scripts as nodes run them. @throws Failure when it finds something, or is missing.
 */
async function lintShell(): Promise<void> {
  const { stdout } = await execa("git", ["ls-files", "-z", "*.sh"], { cwd: repoRoot });
  const files = stdout.split("\0").filter(Boolean);
  const inImages = files.filter((file) => imageFiles.place.test(file));
  const others = files.filter((file) => !imageFiles.place.test(file));
  await shellcheck(others);
  await shellcheck([`--exclude=${imageFiles.excluded}`, ...inImages]);
}

async function shellcheck(args: readonly string[]): Promise<void> {
  const result = await execa("shellcheck", [...args], {
    cwd: repoRoot,
    stdio: "inherit",
    reject: false,
  });
  if (result.code === "ENOENT") {
    throw new Failure("shellcheck is not installed", {
      remedy: "sudo apt-get install --yes --no-install-recommends shellcheck",
    });
  }
  if (result.exitCode !== 0) throw new Failure("shellcheck found something in the shell files");
}

const workflows = ".github/workflows/*.yml";

/**
 * Checks the workflows with actionlint, which runs shellcheck on what they run. It is built from a pinned Go
 * module once and then lies in the cache; where it cannot be had, that is said and nothing more.
 * @throws Failure when it finds something.
 */
async function lintWorkflows(): Promise<void> {
  const { stdout } = await execa("git", ["ls-files", "-z", workflows], { cwd: repoRoot });
  const files = stdout.split("\0").filter(Boolean);
  const program = await workflowChecker();
  if (program === null) return;
  const result = await execa(program, files, { cwd: repoRoot, stdio: "inherit", reject: false });
  if (result.exitCode !== 0) throw new Failure("actionlint found something in the workflows");
}

async function workflowChecker(): Promise<string | null> {
  try {
    return (await ensureBinary(actionlint, { report: reportTo(process.stderr) })).path;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(`${workflows} are not checked, as there is no actionlint: ${error.message}`);
    return null;
  }
}

/** The part of `npm run lint` that no tool of npm does. */
export async function main(): Promise<void> {
  try {
    await lintShell();
    await lintWorkflows();
  } catch (error) {
    console.error(failureText(error));
    process.exitCode = exitCodeOf(error);
  }
}
